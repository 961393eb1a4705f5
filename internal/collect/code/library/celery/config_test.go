package celery

import "testing"

// Every way in which configuration reaches an app.
func TestConfiguration(t *testing.T) {
	for name, c := range map[string]struct{ archive, want string }{
		"attributes, items, update": {`
-- w.py --
import celery
app = celery.Celery(main="m")
app.conf.task_acks_late = True
app.conf["CELERYD_PREFETCH_MULTIPLIER"] = 1
options = {"task_time_limit": 5}
app.conf.update(options, result_expires=None, **{"task_soft_time_limit": 4})
app.conf.update(dict(timezone="UTC"))
`, `
app m module=w open="" broker=none backend=none
  result_expires = None (result_expires)
  task_acks_late = true (task_acks_late)
  task_soft_time_limit = 4 (task_soft_time_limit)
  task_time_limit = 5 (task_time_limit)
  timezone = "UTC" (timezone)
  worker_prefetch_multiplier = 1 (CELERYD_PREFETCH_MULTIPLIER)
queue celery direct  default=true
`},
		"module by its name": {`
-- shop/app.py --
from celery import Celery
app = Celery("shop")
app.config_from_object("shop.celeryconfig")
-- shop/celeryconfig.py --
import os
broker_url = os.environ["BROKER"]
task_acks_late = True
helper = 3
`, `
app shop module=shop.app open="" broker=? it comes from the environment variable BROKER backend=none
  task_acks_late = true (task_acks_late)
queue celery direct  default=true
`},
		"a module that is not there": {`
-- app.py --
from celery import Celery
app = Celery("shop", config_source="conf.celery")
`, `
app shop module=app open="configuration comes from conf.celery, which was not found" broker=none backend=none
queue celery direct  default=true
`},
		"class, and an object of one": {`
-- conf.py --
class Base:
    task_acks_late = True
class Config(Base):
    broker_url = "amqp://rabbit//"
-- a.py --
from celery import Celery
from conf import Config
app = Celery("a")
app.config_from_object(Config)
-- b.py --
from celery import Celery
import conf
app = Celery("b")
app.config_from_object(conf.Config())
`, `
app a module=a open="" broker=amqp backend=none
  task_acks_late = true (task_acks_late)
app b module=b open="" broker=amqp backend=none
  task_acks_late = true (task_acks_late)
queue celery direct  default=true
queue celery direct  default=true
`},
		"superclass of a library": {`
-- conf.py --
from shared import BaseConfig
class Config(BaseConfig):
    task_acks_late = True
-- a.py --
from celery import Celery
app = Celery("a")
app.config_from_object("conf:Config")
`, `
app a module=a open="settings are inherited from BaseConfig, which was not found" broker=none backend=none
  task_acks_late = true (task_acks_late)
queue celery direct  default=true
`},
		"classes of Django settings": {`
-- proj/celery.py --
from celery import Celery
app = Celery("proj")
app.config_from_object("django.conf:settings", namespace="CELERY")
-- proj/settings.py --
from configurations import Configuration
class Common(Configuration):
    CELERY_BROKER_URL = "amqp://rabbit//"
    CELERY_TASK_ALWAYS_EAGER = True
class Dev(Common):
    CELERY_TASK_TIME_LIMIT = 1
class Production(Common):
    CELERY_TASK_ALWAYS_EAGER = False
`, `
app proj module=proj.celery open="the Django settings are attributes of classes" broker=amqp backend=none
  task_always_eager = false (CELERY_TASK_ALWAYS_EAGER)
  in development: task_always_eager = true
  in development: task_time_limit = 1
queue celery direct  default=true
`},
		"environment names the module": {`
-- a.py --
from celery import Celery
app = Celery("a")
app.config_from_envvar("CELERY_CONFIG")
`, `
app a module=a open="configuration comes from a module that an environment variable names" broker=none backend=none
queue celery direct  default=true
`},
		"Flask factory": {`
-- shop/__init__.py --
from celery import Celery
from flask import Flask

def make_celery(app):
    celery = Celery(app.import_name, broker=app.config["BROKER"])
    celery.conf.update(app.config)
    celery.conf.update(task_ignore_result=True)
    return celery

flask_app = Flask(__name__)
celery = make_celery(flask_app)
-- shop/tasks.py --
from shop import celery

@celery.task(acks_late=True)
def pay():
    pass
`, `
app shop module=shop open="configuration is read from app.config" broker=? its URL is not in the source backend=none
  task_ignore_result = true (task_ignore_result)
task shop.tasks.pay app=1 acks_late=true
queue celery direct  default=true
`},
		"conditions": {`
-- a.py --
import os
from celery import Celery
TESTING = False
app = Celery("a", broker="amqp://rabbit//")
if TESTING:
    app.conf.task_always_eager = True
-- b.py --
from celery import Celery
app = Celery("b")
app.config_from_object("conf")
-- conf.py --
import os
if os.environ.get("FAST"):
    worker_prefetch_multiplier = 8
else:
    worker_prefetch_multiplier = 1
if os.environ.get("ENV") == "production":
    task_time_limit = 9
else:
    task_time_limit = 1
if os.environ.get("X"):
    task_acks_late = True
`, `
app a module=a open="" broker=amqp backend=none
  in tests: task_always_eager = true
app b module=b open="" broker=none backend=none
  task_acks_late = true|? (task_acks_late)
  task_time_limit = 9 (task_time_limit)
  worker_prefetch_multiplier = 8|1 (worker_prefetch_multiplier)
  in development: task_time_limit = 1
queue celery direct  default=true
queue celery direct  default=true
`},
		"old names": {`
-- a.py --
from celery import Celery
app = Celery("a")
app.config_from_object("celeryconfig")
-- celeryconfig.py --
BROKER_URL = "redis://:Kd83jsl2@cache.example/0?ssl_cert_reqs=CERT_NONE"
CELERY_RESULT_BACKEND = "djcelery.backends.database:DatabaseBackend"
CELERYD_TASK_TIME_LIMIT = 5
CELERY_ACKS_LATE = True
CELERY_ROUTES = {"a.b": {"queue": "x"}, "a.*": "y"}
`, `
app a module=a open="" broker=redis literal password unverified backend=database
  task_acks_late = true (CELERY_ACKS_LATE)
  task_routes = {a.b:{queue:"x"} a.*:"y"} (CELERY_ROUTES)
  task_time_limit = 5 (CELERYD_TASK_TIME_LIMIT)
queue celery direct  default=true
queue x direct  default=true
queue y direct  default=true
`},
		"Django: old names and settings without a namespace": {`
-- proj/celery.py --
from celery import Celery
from django.conf import settings
app = Celery("proj")
app.config_from_object("django.conf:settings")
app.autodiscover_tasks(lambda: settings.INSTALLED_APPS)
-- proj/settings.py --
BROKER_URL = "amqp://guest:guest@localhost:5672//"
CELERY_ALWAYS_EAGER = True
CELERY_TASK_SERIALIZER = "json"
try:
    from .local_settings import *
except ImportError:
    pass
`, `
app proj module=proj.celery open="" broker=amqp literal password backend=none
  task_always_eager = true (CELERY_ALWAYS_EAGER)
  task_serializer = "json" (CELERY_TASK_SERIALIZER)
queue celery direct  default=true
`},
		"Django: nothing found": {`
-- proj/celery.py --
from celery import Celery
app = Celery("proj")
app.config_from_object("django.conf:settings", namespace="CELERY")
`, `
app proj module=proj.celery open="the Django settings were not found" broker=none backend=none
queue celery direct  default=true
`},
		"subclass of Celery, own Task class, an own dict of queues": {`
-- a.py --
from celery import Celery, Task
class App(Celery):
    pass
class Base(Task):
    acks_late = True
    def on_failure(self, exc, task_id, args, kwargs, einfo):
        Failure.objects.create(task=task_id)
app = App("a", broker="sqs://")
app.Task = Base
app.conf.task_queues = {"mail": {"exchange": "m", "exchange_type": "topic", "routing_key": "m.#"}}
`, `
app a module=a open="" broker=sqs backend=none
  task_queues = {mail:{exchange:"m" exchange_type:"topic" routing_key:"m.#"}} (task_queues)
queue mail topic  default=false
hook on_failure stores=true
`},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.archive, c.want) })
	}
}
