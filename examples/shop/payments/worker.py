"""Charges the customer's card, tells everybody that the order is paid,
and has the receipt mailed."""
import json
import logging
import os

import pika

from mail.tasks import ask_for_review, send_receipt
from payments import gateway

RABBITMQ_URL = os.environ.get("RABBITMQ_URL", "amqp://shop:wq8Lr2vN@localhost:5672/")

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("payments")


def charge(channel, method, properties, body):
    order = json.loads(body)
    payment = gateway.charge(order["id"], order["total"], order["card"])
    log.info("order %s: %s", order["id"], payment["status"])
    if payment["status"] != "captured":
        return
    order["payment"] = payment["id"]
    channel.basic_publish(
        exchange="shop", routing_key="order.paid", body=json.dumps(order)
    )
    send_receipt.delay(order)
    ask_for_review.delay(order["id"], order["email"])


def main():
    connection = pika.BlockingConnection(pika.URLParameters(RABBITMQ_URL))
    channel = connection.channel()
    channel.queue_declare("payments.charge", durable=True)

    log.info("waiting for charges")
    channel.basic_consume("payments.charge", charge, auto_ack=True)
    channel.start_consuming()


if __name__ == "__main__":
    main()
