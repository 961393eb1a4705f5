"""A real Celery application: `celery -A celery_app worker`, and a sender.

The broker is in TESTBED_BROKER, further settings are JSON in TESTBED_CELERY.
`python celery_app.py TASK COUNT RATE [ARGUMENT]` sends COUNT tasks, RATE a
second, and prints how many it sent. With a result_backend it waits for the
results, and prints how many succeeded.
"""

import json
import os
import sys
import time

from celery import Celery
from celery.signals import worker_ready

app = Celery("testbed", broker=os.environ["TESTBED_BROKER"])
# Without redirection a print arrives as it is, not as a line of the log.
app.conf.update(broker_connection_retry_on_startup=True, worker_redirect_stdouts=False)
app.conf.update(json.loads(os.environ.get("TESTBED_CELERY") or "{}"))


@worker_ready.connect
def ready(**_):
    print("ready", flush=True)


@app.task
def add(x=1, y=1):
    return x + y


@app.task
def slow(seconds=1.0):
    time.sleep(seconds)


@app.task
def fail(message="wrong"):
    raise ValueError(message)


@app.task(bind=True, max_retries=3, default_retry_delay=2)
def flaky(self, *_):
    raise self.retry()


def send(name, count, rate, arguments):
    task = app.tasks[f"celery_app.{name}"]
    results = []
    for i in range(count):
        results.append(task.apply_async(args=arguments))
        if i == 0:
            print("ready", flush=True)
        if rate:
            time.sleep(1 / rate)
    counts = {"sent": count}
    if app.conf.result_backend:
        for result in results:
            result.get(timeout=60, propagate=False)
        counts["succeeded"] = sum(result.successful() for result in results)
    print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    # Imported under its own name, so that tasks are named as the worker names them.
    import celery_app

    task, count, rate, *rest = sys.argv[1:]
    celery_app.send(task, int(count), float(rate), [float(value) for value in rest])
