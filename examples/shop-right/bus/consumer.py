"""Consumes a queue: acknowledges after the work, retries a bounded number of
times, comes back after a lost connection, and ends in order on SIGTERM."""
import json
import logging
import signal
import threading

import pika

from bus.connection import connect

log = logging.getLogger("bus")

# Deliveries of one message before it goes to the dead letters. The queue's own
# delivery-limit, in the definitions, ends what this does not see: crashes.
MAX_DELIVERIES = 5


class Permanent(Exception):
    """Doing it again cannot help: the message goes to the dead letters."""


stopping = threading.Event()


def stop_on_signals():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())


def consume(queue, handle, prefetch, max_deliveries=MAX_DELIVERIES):
    """Call handle(channel, message, properties) for each message until SIGTERM."""
    stop_on_signals()
    pause = 1
    while not stopping.is_set():
        try:
            consume_once(queue, handle, prefetch, max_deliveries)
            pause = 1
        except pika.exceptions.AMQPError as error:
            log.warning("%s: %r, again in %d s", queue, error, pause)
        stopping.wait(pause)
        pause = min(2 * pause, 30)


def consume_once(queue, handle, prefetch, max_deliveries):
    connection = connect()
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(queue, passive=True)
        channel.basic_qos(prefetch_count=prefetch)
        channel.add_on_cancel_callback(lambda _: channel.close())

        def on_message(channel, method, properties, body):
            try:
                handle(channel, json.loads(body), properties)
            except (Permanent, ValueError) as error:
                log.error("%s: %s goes to the dead letters: %s", queue, properties.message_id, error)
                channel.basic_reject(method.delivery_tag, requeue=False)
            except Exception:
                log.exception("%s: %s failed", queue, properties.message_id)
                deliveries = 1 + (properties.headers or {}).get("x-delivery-count", 0)
                # Back to the queue, which waits before it delivers again.
                channel.basic_reject(method.delivery_tag, requeue=deliveries < max_deliveries)
            else:
                channel.basic_ack(method.delivery_tag)

        tag = channel.basic_consume(queue, on_message, auto_ack=False)
        while channel.is_open and not stopping.is_set():
            connection.process_data_events(time_limit=1)
        if channel.is_open:
            channel.basic_cancel(tag)
    finally:
        if connection.is_open:
            connection.close()
