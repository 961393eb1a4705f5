"""Celery application of the mails."""
import os

from celery import Celery
from kombu import Exchange, Queue

# A topic exchange: Celery then leaves delayed tasks with the broker, and does
# not hold them in a worker.
exchange = Exchange("mail", type="topic")
quorum = {"x-queue-type": "quorum"}

app = Celery("mail", broker=os.environ["CELERY_BROKER_URL"], include=["mail.tasks"])

app.conf.update(
    task_default_queue="mail.send",
    task_default_exchange="mail",
    task_default_exchange_type="topic",
    task_default_routing_key="mail.send",
    task_queues=[
        Queue("mail.send", exchange, routing_key="mail.send", queue_arguments=quorum),
        Queue("mail.bulk", exchange, routing_key="mail.bulk", queue_arguments=quorum),
    ],
    task_create_missing_queues=False,
    task_routes={"mail.tasks.ask_for_review": {"queue": "mail.bulk", "routing_key": "mail.bulk"}},
    # A crash gives the task back; what fails for good goes to the dead letters.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=False,
    task_soft_time_limit=30,
    task_time_limit=45,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=1000,
    worker_enable_remote_control=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_transport_options={"confirm_publish": True},
    broker_connection_timeout=5,
    broker_connection_retry_on_startup=True,
)
