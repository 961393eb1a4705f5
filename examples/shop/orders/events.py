"""Tells the other services what happened."""
import json
import os

import pika

RABBITMQ_URL = os.environ.get("RABBITMQ_URL", "amqp://shop:wq8Lr2vN@localhost:5672/")


def publish(exchange, routing_key, message):
    connection = pika.BlockingConnection(pika.URLParameters(RABBITMQ_URL))
    channel = connection.channel()
    channel.basic_publish(exchange, routing_key, json.dumps(message))
    connection.close()


def emit(event, order):
    publish("shop", event, {"event": event, **order})


def enqueue(queue, order):
    publish("", queue, order)
