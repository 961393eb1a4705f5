import { connect } from 'amqp-connection-manager';
import type { Channel, ConsumeMessage } from 'amqplib';

const url = process.env.RABBITMQ_URL ?? 'amqp://shop:wq8Lr2vN@localhost:5672/';
const pushUrl = process.env.PUSH_URL ?? 'http://push:9300';

async function notify(channel: Channel, msg: ConsumeMessage): Promise<void> {
  channel.ack(msg);
  const order = JSON.parse(msg.content.toString());
  const response = await fetch(`${pushUrl}/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: order.customer, event: msg.fields.routingKey, order: order.id }),
  });
  if (!response.ok) {
    console.error(`order ${order.id}: push says ${response.status}`);
  }
}

const wrapper = connect([url]).createChannel({
  setup: async (channel: Channel) => {
    await channel.assertQueue('notifications.push', { messageTtl: 3600000 });
    await channel.bindQueue('notifications.push', 'shop', 'order.*');
    await channel.prefetch(10);
    await channel.consume('notifications.push', (msg) => {
      if (msg) {
        void notify(channel, msg);
      }
    });
    console.log('waiting for events');
  },
});
wrapper.on('error', (err: Error) => console.error(`channel: ${err.message}`));
