"""Pays money back."""
import json
import logging
import os

import pika

from payments import gateway

RABBITMQ_URL = os.environ.get("RABBITMQ_URL", "amqp://shop:wq8Lr2vN@localhost:5672/")

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("refunds")


def refund(channel, method, properties, body):
    order = json.loads(body)
    try:
        gateway.refund(order["id"], order["total"])
        log.info("order %s refunded", order["id"])
    except Exception:
        log.exception("order %s not refunded", order["id"])
    finally:
        channel.basic_ack(method.delivery_tag)


def main():
    connection = pika.BlockingConnection(pika.URLParameters(RABBITMQ_URL))
    channel = connection.channel()
    channel.queue_declare("payments.refund", durable=True)
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume("payments.refund", refund)
    channel.start_consuming()


if __name__ == "__main__":
    main()
