"""Real AMQP clients of the testbed, good and bad ones.

Each sub-command runs until --for is over, until its --count is reached, or
until it is stopped. It prints "ready" once it does what it is there for, and
at its end one line of JSON with what it counted. Lost connections are opened
again, as a service would do it.
"""

import argparse
import asyncio
import json
import signal
import sys
import time

import pika
import pika.exceptions

RECONNECT = 1.0  # seconds between two tries


class Over(Exception):
    """The time is up, the count is reached, or the program is to stop."""


class Job:
    def __init__(self, args):
        self.args = args
        self.until = time.monotonic() + args.seconds
        self.counts = {}
        self.said = False
        self.stopped = False

    def count(self, what, n=1):
        self.counts[what] = self.counts.get(what, 0) + n

    def ready(self):
        if not self.said:
            print("ready", flush=True)
            self.said = True

    def check(self):
        if self.stopped or time.monotonic() >= self.until:
            raise Over

    def connect(self):
        parameters = pika.URLParameters(self.args.url)
        parameters.blocked_connection_timeout = self.args.blocked_timeout
        if self.args.heartbeat is not None:
            parameters.heartbeat = self.args.heartbeat
        parameters.client_properties = {"connection_name": self.args.name}
        return pika.BlockingConnection(parameters)

    def pace(self, connection, started, done, rate):
        """Wait, serving the connection, until done actions are due at rate a second."""
        self.check()
        if rate:
            wait = min(started + done / rate, self.until) - time.monotonic()
            connection.process_data_events(max(0, wait))
        elif done % 50 == 0:
            connection.process_data_events(0)


def publish(job, connection):
    args, channel = job.args, connection.channel()
    if args.confirm:
        channel.confirm_delivery()
    channel.add_on_return_callback(lambda *_: job.count("returned"))
    properties = pika.BasicProperties(
        delivery_mode=1 if args.transient else 2, expiration=args.expiration)
    body = b"x" * args.size
    started, done = time.monotonic(), 0
    while not args.count or job.counts.get("published", 0) < args.count:
        try:
            channel.basic_publish(args.exchange, args.key, body, properties, mandatory=args.mandatory)
            job.count("published")
        except pika.exceptions.UnroutableError:
            job.count("published")
            job.count("returned")
        except pika.exceptions.NackError:
            job.count("published")
            job.count("nacked")
        job.ready()
        done += 1
        job.pace(connection, started, done, args.rate)
    if not args.keep:
        raise Over
    while True:  # keep the connection open, publishing nothing more
        job.check()
        connection.process_data_events(0.2)


def settle(job, channel, tag, mode):
    if mode == "ack":
        channel.basic_ack(tag)
        job.count("acked")
    elif mode == "reject":
        channel.basic_reject(tag, requeue=False)
        job.count("rejected")
    elif mode == "reject-requeue":
        channel.basic_reject(tag, requeue=True)
        job.count("requeued")
    elif mode == "nack-requeue":
        channel.basic_nack(tag, requeue=True)
        job.count("requeued")


def consume(job, connection):
    args, channel = job.args, connection.channel()
    if args.prefetch:
        channel.basic_qos(prefetch_count=args.prefetch, global_qos=args.global_qos)

    def on_message(channel, method, _properties, _body):
        job.count("delivered")
        if args.work:
            time.sleep(args.work)
        mode = args.mode
        if args.reject_every and job.counts["delivered"] % args.reject_every == 0:
            mode = "reject"
        settle(job, channel, method.delivery_tag, mode)
        if args.count and job.counts["delivered"] >= args.count:
            raise Over

    channel.basic_consume(args.queue, on_message, auto_ack=args.mode == "auto")
    job.ready()
    while channel.is_open:
        job.check()
        connection.process_data_events(0.2)
    raise pika.exceptions.ChannelWrongStateError("the broker closed the channel")


def poll(job, connection):
    args, channel = job.args, connection.channel()
    started, done = time.monotonic(), 0
    while True:
        method, _, _ = channel.basic_get(args.queue, auto_ack=args.mode == "auto")
        job.count("got" if method else "empty")
        if method:
            settle(job, channel, method.delivery_tag, args.mode)
        job.ready()
        done += 1
        job.pace(connection, started, done, args.rate)


def churn(job, connection):
    """Open and close a connection --rate times a second."""
    connection.close()
    started, done = time.monotonic(), 0
    while True:
        job.connect().close()
        job.count("opened")
        job.ready()
        done += 1
        job.check()
        time.sleep(max(0, min(started + done / job.args.rate, job.until) - time.monotonic()))


def channels(job, connection):
    """Open --count channels and leave them open."""
    for _ in range(job.args.count):
        connection.channel()
        job.count("channels")
    hold(job, connection)


def declare(job, connection):
    """Declare a durable queue; names that no URL can carry work here."""
    connection.channel().queue_declare(job.args.queue, durable=True, arguments=json.loads(job.args.arguments))
    job.count("declared")
    job.ready()
    raise Over


def hold(job, connection):
    """Keep a connection open and do nothing."""
    job.ready()
    while True:
        job.check()
        connection.process_data_events(0.2)


def run(job, action):
    """Run action on a connection, and on a new one when that is lost."""
    while True:
        connection = None
        try:
            job.check()
            connection = job.connect()
            action(job, connection)
        except Over:
            if connection and connection.is_open:
                connection.close()
            return
        except (pika.exceptions.AMQPError, OSError) as error:
            job.count("lost")
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            if connection and connection.is_open:
                connection.close()
            time.sleep(RECONNECT)


async def aio_publish(job):
    import aio_pika  # takes longer to load than all the rest

    args = job.args
    connection = await aio_pika.connect_robust(args.url)
    async with connection:
        channel = await connection.channel(publisher_confirms=args.confirm)
        exchange = await channel.get_exchange(args.exchange) if args.exchange else channel.default_exchange
        mode = aio_pika.DeliveryMode.NOT_PERSISTENT if args.transient else aio_pika.DeliveryMode.PERSISTENT
        while not args.count or job.counts.get("published", 0) < args.count:
            message = aio_pika.Message(b"x" * args.size, delivery_mode=mode)
            await exchange.publish(message, args.key, mandatory=args.mandatory)
            job.count("published")
            job.ready()
            job.check()
            await asyncio.sleep(1 / args.rate if args.rate else 0)


async def aio_consume(job):
    import aio_pika

    args = job.args
    connection = await aio_pika.connect_robust(args.url)
    async with connection:
        channel = await connection.channel()
        if args.prefetch:
            await channel.set_qos(prefetch_count=args.prefetch)
        queue = await channel.get_queue(args.queue)

        async def on_message(message):
            job.count("delivered")
            await asyncio.sleep(args.work)
            if args.mode == "ack":
                await message.ack()
                job.count("acked")
            elif args.mode == "reject":
                await message.reject(requeue=False)
                job.count("rejected")

        await queue.consume(on_message, no_ack=args.mode == "auto")
        job.ready()
        while not args.count or job.counts.get("delivered", 0) < args.count:
            job.check()
            await asyncio.sleep(0.1)


def run_async(job, action):
    try:
        asyncio.run(action(job))
    except Over:
        pass


def parser():
    main = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    main.add_argument("--url", required=True, help="amqp://user:password@host:port/vhost")
    main.add_argument("--for", dest="seconds", type=float, default=300, help="seconds (default 300)")
    main.add_argument("--heartbeat", type=int, help="seconds, 0 switches it off (default: what the broker asks)")
    main.add_argument("--blocked-timeout", type=float, default=None, help="seconds to endure a blocked connection")
    main.add_argument("--name", default="testbed", help="connection_name")
    commands = main.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run, action, *options):
        sub = commands.add_parser(name, help=action.__doc__)
        sub.set_defaults(run=run, action=action, count=0)
        for option in options:
            option(sub)

    def publishing(sub):
        sub.add_argument("--exchange", default="")
        sub.add_argument("--key", default="")
        sub.add_argument("--count", type=int, default=0, help="messages, 0 for no end")
        sub.add_argument("--rate", type=float, default=0, help="messages a second, 0 for as fast as it goes")
        sub.add_argument("--size", type=int, default=100, help="bytes")
        sub.add_argument("--confirm", action="store_true")
        sub.add_argument("--mandatory", action="store_true")
        sub.add_argument("--transient", action="store_true", help="delivery mode 1")
        sub.add_argument("--expiration", help="milliseconds")
        sub.add_argument("--keep", action="store_true", help="stay connected after the last message")

    def settling(*modes):
        def add(sub):
            sub.add_argument("--queue", required=True)
            sub.add_argument("--mode", choices=modes, default="ack")
        return add

    def consuming(sub):
        sub.add_argument("--prefetch", type=int, default=0, help="0 sends no basic.qos")
        sub.add_argument("--work", type=float, default=0, help="seconds a message")
        sub.add_argument("--count", type=int, default=0, help="messages, 0 for no end")

    def qos(sub):
        sub.add_argument("--global-qos", action="store_true")
        sub.add_argument("--reject-every", type=int, default=0, help="reject each N-th, without requeue")

    def rate(sub):
        sub.add_argument("--rate", type=float, default=10, help="a second")

    def number(sub):
        sub.add_argument("--count", type=int, default=150)

    def declaring(sub):
        sub.add_argument("--queue", required=True)
        sub.add_argument("--arguments", default="{}", help="JSON")

    every = settling("ack", "auto", "never", "reject", "reject-requeue", "nack-requeue")
    command("publish", run, publish, publishing)
    command("consume", run, consume, every, consuming, qos)
    command("poll", run, poll, settling("ack", "auto"), rate)
    command("churn", run, churn, rate)
    command("channels", run, channels, number)
    command("hold", run, hold)
    command("declare", run, declare, declaring)
    command("aio-publish", run_async, aio_publish, publishing)
    command("aio-consume", run_async, aio_consume, settling("ack", "auto", "never", "reject"), consuming)
    return main


def main():
    args = parser().parse_args()
    job = Job(args)

    def stop(*_):
        job.stopped = True

    signal.signal(signal.SIGTERM, stop)
    args.run(job, args.action)
    print(json.dumps(job.counts, sort_keys=True), flush=True)


if __name__ == "__main__":
    main()
