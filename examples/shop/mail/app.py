"""Celery application of the mails."""
import os

from celery import Celery
from kombu import Exchange, Queue

app = Celery(
    "mail",
    broker=os.environ.get("CELERY_BROKER_URL", "amqp://shop:wq8Lr2vN@localhost:5672//"),
    backend="rpc://",
    include=["mail.tasks"],
)

app.conf.update(
    task_default_queue="mail.send",
    task_queues=[
        Queue(
            "mail.send",
            Exchange("mail"),
            routing_key="mail.send",
            queue_arguments={"x-queue-type": "quorum"},
        ),
    ],
    task_routes={
        "mail.tasks.ask_for_review": {"queue": "mail.bulk"},
    },
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
)
