"""Buys shipping labels for paid orders, a batch at a time: the carrier allows
one batch every five seconds, of up to 100 parcels."""
import json
import logging
import os
import time

import pika
import requests

from bus.connection import connect, publish
from bus.consumer import stop_on_signals, stopping

logging.basicConfig(level=logging.WARNING)
log = logging.getLogger("shipping")

QUEUE = "orders.paid"
BATCH = 100
EVERY = 5  # seconds
TIMEOUT = (3, 10)  # seconds to connect, seconds to wait for an answer


def buy(orders):
    response = requests.post(
        f"{os.environ['CARRIER_URL']}/labels/batch",
        json={"parcels": [{"reference": o["id"], "address": o["address"]} for o in orders]},
        headers={"Idempotency-Key": orders[0]["id"]},
        timeout=TIMEOUT,
    )
    response.raise_for_status()
    return response.json()["labels"]


def parcel(body):
    """What a label needs of an order; None if this is no order."""
    try:
        order = json.loads(body)
        return {key: order[key] for key in ("id", "customer", "address")}
    except (ValueError, KeyError):
        log.exception("a message is no order")
        return None


def ship(channel, batch):
    """Labels for a batch of deliveries, tag to order. The label's address goes
    into the message, not the label."""
    try:
        labels = buy(list(batch.values()))
    except requests.RequestException:
        log.exception("no labels")
        for tag in batch:
            channel.basic_reject(tag, requeue=True)  # at most as often as the queue's delivery-limit says
        return
    for tag, order in batch.items():
        order["label_url"] = labels[order["id"]]
        publish(channel, "shop.events", "order.shipped", order, f"order.shipped:{order['id']}")
        channel.basic_ack(tag)


def run():
    connection = connect()
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(QUEUE, passive=True)
        channel.basic_qos(prefetch_count=BATCH)
        batch, since = {}, time.monotonic()
        for method, _, body in channel.consume(QUEUE, inactivity_timeout=0.5):
            if method:
                order = parcel(body)
                if order:
                    batch[method.delivery_tag] = order
                else:
                    channel.basic_reject(method.delivery_tag, requeue=False)
            due = time.monotonic() - since >= EVERY
            if batch and due:
                ship(channel, batch)
                batch, since = {}, time.monotonic()
            if stopping.is_set():
                break
        channel.cancel()  # gives back what was not shipped
    finally:
        if connection.is_open:
            connection.close()


def main():
    stop_on_signals()
    pause = 1
    while not stopping.is_set():
        try:
            run()
            pause = 1
        except pika.exceptions.AMQPError as error:
            log.warning("%r, again in %d s", error, pause)
            stopping.wait(pause)
            pause = min(2 * pause, 30)


if __name__ == "__main__":
    main()
