package celery

import "testing"

func TestPlainApp(t *testing.T) {
	check(t, `
-- shop/worker.py --
from datetime import timedelta
from celery import Celery, shared_task
from kombu import Exchange, Queue
import requests, time

app = Celery("shop", broker="amqp://shop:k9x2@rabbit//", backend="rpc://")
app.conf.update(task_acks_late=True, task_time_limit=timedelta(minutes=5))
app.conf.task_queues = (
    Queue("mail", Exchange("mail", type="topic"), routing_key="mail.#", queue_arguments={"x-queue-type": "quorum"}),
)

@app.task(bind=True, max_retries=None)
def send(self, address):
    try:
        requests.post("https://mail.example", timeout=3)
        requests.get("https://mail.example")
    except requests.RequestException as e:
        raise self.retry(exc=e, countdown=30)

@shared_task(name="shop.nap", queue="slow")
def nap():
    time.sleep(60)

def go(n):
    send.delay("a@b")
    nap.apply_async(countdown=3600, queue="other")
`, `
app shop module=shop.worker open="" broker=amqp literal password backend=rpc
  task_acks_late = true (task_acks_late)
  task_queues = [?] (task_queues)
  task_time_limit = 300 (task_time_limit)
task shop.worker.send app=1 bind=true max_retries=None
  work requests.post timeout=true
  work requests.get timeout=false
  retry raised countdown=30
task shop.nap app=0 name="shop.nap" queue="slow"
  sleep 1m0s
call shop.worker.send.delay
call shop.nap.apply_async queue=other countdown=1h0m0s
queue mail topic x-queue-type="quorum" default=false
`)
}

func TestDjango(t *testing.T) {
	check(t, `
-- proj/celery.py --
import os
from celery import Celery
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings.base")
app = Celery("proj")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
-- proj/settings/base.py --
import os, sys
from datetime import timedelta
DEBUG = False
CELERY_BROKER_URL = os.environ.get("BROKER", "redis://cache:6379/0")
CELERY_TASK_ALWAYS_EAGER = "test" in sys.argv
CELERYD_TASK_SOFT_TIME_LIMIT = 60
CELERY_BEAT_SCHEDULE = {
    "clean": {"task": "proj.tasks.clean", "schedule": timedelta(hours=1)},
}
if DEBUG:
    CELERY_TASK_EAGER_PROPAGATES = True
-- proj/settings/production.py --
from .base import *
CELERY_TASK_TIME_LIMIT = 120
-- proj/settings/local.py --
from .base import *
CELERY_TASK_ALWAYS_EAGER = True
-- proj/tasks.py --
from proj.celery import app
@app.task
def clean():
    pass
`, `
app proj module=proj.celery open="" broker=redis env:BROKER backend=none
  beat_schedule = {clean:{task:"proj.tasks.clean" schedule:?}} (CELERY_BEAT_SCHEDULE)
  task_always_eager = false (CELERY_TASK_ALWAYS_EAGER)
  task_soft_time_limit = 60 (CELERYD_TASK_SOFT_TIME_LIMIT)
  task_time_limit = 120 (CELERY_TASK_TIME_LIMIT)
  in development: task_always_eager = true
  in development: task_eager_propagates = true
task proj.tasks.clean app=1 
queue celery direct  default=true
periodic proj.tasks.clean every 1h0m0s
`)
}
