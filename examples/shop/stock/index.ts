import { connect } from 'amqplib';
import { reserve } from './warehouse';

const url = process.env.RABBITMQ_URL ?? 'amqp://shop:wq8Lr2vN@localhost:5672/';

async function main(): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue('orders.new');
  await channel.bindQueue('orders.new', 'shop', 'order.placed');

  await channel.consume('orders.new', async (msg) => {
    const order = JSON.parse(msg!.content.toString());
    try {
      await reserve(order.id, order.lines);
      console.log(`order ${order.id}: reserved`);
      channel.ack(msg!);
    } catch (err) {
      console.error(`order ${order.id}: ${(err as Error).message}`);
      channel.nack(msg!);
    }
  });
  console.log('waiting for orders');
}

main();
