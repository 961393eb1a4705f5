"""Buys a shipping label for each paid order."""
import base64
import json
import logging
import os
import time

import pika
import requests

CARRIER_URL = os.environ.get("CARRIER_URL", "http://carrier:9100")

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("shipping")


def ship(channel, method, properties, body):
    order = json.loads(body)
    if not order.get("address"):
        log.warning("order %s has no address", order["id"])
        channel.basic_reject(method.delivery_tag, requeue=False)
        return
    time.sleep(20)  # the carrier allows three labels a minute
    label = requests.post(
        f"{CARRIER_URL}/labels",
        json={"reference": order["id"], "address": order["address"]},
        timeout=30,
    )
    label.raise_for_status()
    order["label"] = base64.b64encode(label.content).decode()
    channel.basic_publish("shop", "order.shipped", json.dumps(order))
    channel.basic_ack(method.delivery_tag)


def main():
    connection = pika.BlockingConnection(
        pika.ConnectionParameters(
            host=os.environ.get("RABBITMQ_HOST", "localhost"),
            port=int(os.environ.get("RABBITMQ_PORT", "5672")),
            credentials=pika.PlainCredentials("shop", "wq8Lr2vN"),
            heartbeat=0,
        )
    )
    channel = connection.channel()
    channel.queue_declare(
        "orders.paid",
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-dead-letter-exchange": "shipping.dlx",
        },
    )
    channel.basic_qos(prefetch_count=100)
    channel.basic_consume("orders.paid", ship)
    channel.start_consuming()


if __name__ == "__main__":
    main()
