import { connect } from 'amqp-connection-manager';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';

const queue = 'notifications.push';
const maxDeliveries = 5;
const pushUrl = required('PUSH_URL');
const inFlight = new Set<Promise<void>>();

function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

async function push(msg: ConsumeMessage): Promise<void> {
  const order = JSON.parse(msg.content.toString());
  const response = await fetch(`${pushUrl}/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': msg.properties.messageId },
    body: JSON.stringify({ to: order.customer, event: msg.fields.routingKey, order: order.id }),
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) {
    throw new Error(`push says ${response.status}`);
  }
}

async function handle(channel: ConfirmChannel, msg: ConsumeMessage): Promise<void> {
  try {
    await push(msg);
    channel.ack(msg);
  } catch (err) {
    const deliveries = 1 + Number(msg.properties.headers?.['x-delivery-count'] ?? 0);
    console.error(`${msg.properties.messageId}: ${(err as Error).message}`);
    if (err instanceof SyntaxError || deliveries >= maxDeliveries) {
      channel.reject(msg, false);
    } else {
      channel.reject(msg, true); // counted by the queue, which waits before it delivers again
    }
  }
}

const connection = connect([required('RABBITMQ_URL')], { heartbeatIntervalInSeconds: 15 });
connection.on('connectFailed', ({ err }) => console.error(`broker: ${err.message}`));
connection.on('disconnect', ({ err }) => console.error(`broker: ${err.message}`));

let stop: () => Promise<void> = async () => {};

const wrapper = connection.createChannel({
  setup: async (channel: ConfirmChannel) => {
    await channel.checkQueue(queue);
    await channel.prefetch(20);
    const { consumerTag } = await channel.consume(queue, (msg) => {
      if (msg === null) {
        connection.reconnect(); // the broker ended the consumer: start afresh
        return;
      }
      const work = handle(channel, msg);
      inFlight.add(work);
      void work.finally(() => inFlight.delete(work));
    });
    stop = async () => {
      await channel.cancel(consumerTag);
      await Promise.allSettled(inFlight);
    };
  },
});
wrapper.on('error', (err: Error) => {
  console.error(`channel: ${err.message}`);
  process.exitCode = 1;
  void connection.close(); // without its queue the service is of no use: end, and be started again
});

process.on('SIGTERM', async () => {
  await stop();
  await wrapper.close();
  await connection.close();
});
