'use strict';
// Real AMQP clients of the testbed for Node: amqplib, and amqp-connection-manager
// with the prefix "manager-". A command runs until --for is over, --count is
// reached or it is stopped; it prints "ready", and at its end what it counted.

const { parseArgs } = require('node:util');

const { values: options, positionals: [command] } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    for: { type: 'string', default: '300' }, // seconds
    heartbeat: { type: 'string' }, // seconds
    exchange: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    queue: { type: 'string', default: '' },
    count: { type: 'string', default: '0' }, // messages, 0 for no end
    rate: { type: 'string', default: '10' }, // messages a second
    size: { type: 'string', default: '100' }, // bytes
    prefetch: { type: 'string', default: '0' }, // 0 sends no basic.qos
    mode: { type: 'string', default: 'ack' }, // ack, auto, never, reject, nack-requeue
    confirm: { type: 'boolean', default: false },
    mandatory: { type: 'boolean', default: false },
    transient: { type: 'boolean', default: false },
  },
});
const number = (name) => Number(options[name]);

const counts = {};
const count = (what) => { counts[what] = (counts[what] ?? 0) + 1; };

let said = false;
function ready() {
  if (!said) console.log('ready');
  said = true;
}

function end(code = 0) {
  console.log(JSON.stringify(counts));
  process.exit(code);
}
setTimeout(end, number('for') * 1000);
process.on('SIGTERM', () => end());

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const reached = (what) => number('count') > 0 && counts[what] >= number('count');
const url = () => (options.heartbeat === undefined ? options.url : `${options.url}?heartbeat=${options.heartbeat}`);
const properties = { persistent: !options.transient, mandatory: options.mandatory };

function handle(channel, message) {
  if (message === null) { count('cancelled'); return; }
  count('delivered');
  if (options.mode === 'ack') channel.ack(message);
  if (options.mode === 'reject') channel.reject(message, false);
  if (options.mode === 'nack-requeue') channel.nack(message, false, true);
  if (reached('delivered')) setTimeout(end, 100); // the last acknowledgement has to leave first
}

async function publishing(send) {
  while (!reached('published')) {
    await send(options.exchange, options.key, Buffer.alloc(number('size'), 'x'), properties);
    count('published');
    ready();
    await sleep(1000 / number('rate'));
  }
  end();
}

async function channelOf(confirm) {
  const connection = await require('amqplib').connect(url());
  connection.on('error', (error) => console.error(error.message));
  connection.on('close', () => end(1));
  const channel = confirm ? await connection.createConfirmChannel() : await connection.createChannel();
  channel.on('return', () => count('returned'));
  channel.on('error', (error) => console.error(error.message));
  return channel;
}

function managed(setup) {
  const manager = require('amqp-connection-manager').connect([url()]);
  manager.on('connectFailed', ({ err }) => console.error(err.message));
  const channel = manager.createChannel({ setup });
  channel.on('error', (error) => console.error(error.message));
  return channel;
}

const commands = {
  async publish() {
    const channel = await channelOf(options.confirm);
    await publishing(async (...message) => {
      channel.publish(...message);
      if (options.confirm) await channel.waitForConfirms();
    });
  },
  async consume() {
    const channel = await channelOf(false);
    if (number('prefetch')) await channel.prefetch(number('prefetch'));
    await channel.consume(options.queue, (message) => handle(channel, message), { noAck: options.mode === 'auto' });
    ready();
  },
  async 'manager-publish'() {
    const channel = managed();
    await publishing((...message) => channel.publish(...message));
  },
  async 'manager-consume'() {
    managed(async (channel) => {
      if (number('prefetch')) await channel.prefetch(number('prefetch'));
      await channel.consume(options.queue, (message) => handle(channel, message), { noAck: options.mode === 'auto' });
      ready();
    });
  },
};

if (!options.url || !commands[command]) {
  console.error(`usage: client.js --url URL ${Object.keys(commands).join('|')} …`);
  process.exit(2);
}
commands[command]().catch((error) => {
  console.error(error.message);
  end(1);
});
