"""The connection to the broker, and messages that outlive a restart of it."""
import json
import os

import pika


def connect():
    parameters = pika.URLParameters(os.environ["RABBITMQ_URL"])
    parameters.heartbeat = 30
    # A broker under a memory or disk alarm stops reading: fail rather than hang.
    parameters.blocked_connection_timeout = 60
    return pika.BlockingConnection(parameters)


def publish(channel, exchange, routing_key, message, message_id):
    """Publish on a channel in confirm mode: returns when the broker has stored
    the message, raises when it was refused or no queue wanted it."""
    channel.basic_publish(
        exchange,
        routing_key,
        json.dumps(message),
        properties=pika.BasicProperties(
            delivery_mode=pika.DeliveryMode.Persistent,
            content_type="application/json",
            message_id=message_id,
        ),
        mandatory=True,
    )
