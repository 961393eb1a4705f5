"""Sends the outbox to the broker. A message leaves the outbox when the broker
has confirmed it: a crash in between sends it twice, with the same id."""
import json
import logging

import pika
from kombu.exceptions import OperationalError

from bus.connection import connect, publish
from bus.consumer import stop_on_signals, stopping
from mail.app import app as mails
from orders import store

logging.basicConfig(level=logging.WARNING)
log = logging.getLogger("relay")

EXCHANGES = {"event": "shop.events", "command": "shop.commands"}


def send(channel, message_id, kind, name, body, countdown):
    if kind == "task":
        mails.send_task(name, (json.loads(body),), task_id=message_id, countdown=countdown)
    else:
        publish(channel, EXCHANGES[kind], name, json.loads(body), message_id)


def relay_once(db):
    connection = connect()
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        while not stopping.is_set():
            messages = store.next_messages(db, 100)
            for seq, *message in messages:
                send(channel, *message)
                store.sent(db, seq)
            if not messages:
                connection.sleep(0.2)
    finally:
        if connection.is_open:
            connection.close()


def main():
    stop_on_signals()
    db = store.connect()
    pause = 1
    while not stopping.is_set():
        try:
            relay_once(db)
            pause = 1
        except (pika.exceptions.AMQPError, OperationalError) as error:
            log.warning("%r, again in %d s", error, pause)
            stopping.wait(pause)
            pause = min(2 * pause, 30)


if __name__ == "__main__":
    main()
