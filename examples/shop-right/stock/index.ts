import { connect } from 'amqplib';
import type { Channel, ConsumeMessage } from 'amqplib';
import { Permanent, reserve } from './warehouse';

const queue = 'orders.new';
const maxDeliveries = 5;
const warehouseUrl = required('WAREHOUSE_URL');
const inFlight = new Set<Promise<void>>();
let stopping = false;
let stop: () => Promise<void> = async () => {};

function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

async function handle(channel: Channel, msg: ConsumeMessage): Promise<void> {
  try {
    const order = JSON.parse(msg.content.toString());
    await reserve(warehouseUrl, msg.properties.messageId ?? order.id, order.id, order.lines);
    channel.ack(msg);
  } catch (err) {
    const deliveries = 1 + Number(msg.properties.headers?.['x-delivery-count'] ?? 0);
    console.error(`${msg.properties.messageId}: ${(err as Error).message}`);
    if (err instanceof Permanent || err instanceof SyntaxError || deliveries >= maxDeliveries) {
      channel.reject(msg, false);
    } else {
      channel.reject(msg, true); // counted by the queue, which waits before it delivers again
    }
  }
}

/** Consumes until the connection is lost or the process is asked to end. */
async function consume(url: string): Promise<void> {
  const connection = await connect(url);
  connection.on('error', (err) => console.error(`connection: ${err.message}`));
  const closed = new Promise<void>((resolve) => connection.once('close', () => resolve()));

  const channel = await connection.createChannel();
  channel.on('error', (err) => console.error(`channel: ${err.message}`));
  channel.on('close', () => void connection.close().catch(() => {}));
  await channel.checkQueue(queue);
  await channel.prefetch(20);
  const { consumerTag } = await channel.consume(queue, (msg) => {
    if (msg === null) {
      void connection.close().catch(() => {}); // the broker ended the consumer: start afresh
      return;
    }
    const work = handle(channel, msg);
    inFlight.add(work);
    void work.finally(() => inFlight.delete(work));
  });

  stop = async () => {
    await channel.cancel(consumerTag);
    await Promise.allSettled(inFlight);
    await channel.close();
  };
  await closed;
}

async function main(): Promise<void> {
  const url = required('RABBITMQ_URL');
  for (let pause = 1000; !stopping; pause = Math.min(2 * pause, 30000)) {
    try {
      await consume(url);
      pause = 1000;
    } catch (err) {
      console.error(`broker: ${(err as Error).message}`);
    }
    if (!stopping) {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

process.on('SIGTERM', () => {
  stopping = true;
  stop().catch((err) => console.error(`stop: ${err.message}`));
});

void main();
