package celery

import "testing"

func TestTasks(t *testing.T) {
	for name, c := range map[string]struct{ archive, want string }{
		"import root below the tree's": {`
-- backend/shop/celery_app.py --
from celery import Celery
app = Celery("shop")
-- backend/shop/tasks.py --
from shop.celery_app import app
@app.task
def pay(): pass
-- backend/shop/views.py --
from shop import tasks
def view(request):
    tasks.pay.delay()
`, `
app shop module=shop.celery_app open="" broker=none backend=none
task shop.tasks.pay app=1 
call shop.tasks.pay.delay
queue celery direct  default=true
`},
		"class, base class, wrapper, alias": {`
-- shop/base.py --
from celery import Celery, Task, shared_task
app = Celery("shop")
task = app.task
class Logged(Task):
    abstract = True
    acks_late = True
    max_retries = 7
    def on_failure(self, *args):
        Failure.objects.create()
def late(*args, **options):
    options.setdefault("queue", "x")
    return shared_task(*args, acks_late=True, **options)
def plain(*args, **options):
    return app.task(*args, **options)
-- shop/tasks.py --
from celery import Task, shared_task
from shop.base import task, late, plain, Logged, app
@task(time_limit=3)
def a(): pass
@late(max_retries=2)
def b(): pass
@plain
def c(): pass
@shared_task(base=Logged, max_retries=1)
def d(): pass
class E(Logged):
    name = "shop.e"
    def run(self): pass
E = app.register_task(E())
def f(): pass
f = app.task(f, name="shop.f")
`, `
app shop module=shop.base open="" broker=none backend=none
task shop.tasks.a app=1 time_limit=3
task shop.tasks.b app=0 acks_late=true max_retries=2 open
task shop.tasks.c app=1 
task shop.tasks.d app=0 abstract=true acks_late=true max_retries=1 on_failure
task shop.e app=0 abstract=true acks_late=true max_retries=7 name="shop.e" on_failure
task shop.f app=1 name="shop.f"
queue celery direct  default=true
`},
		"class that wraps, class by an app's Task, name in the class": {`
-- shop/base.py --
from celery import Celery, shared_task
app = Celery("shop")
class retryable:
    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs
    def __call__(self, f):
        return shared_task(*self.args, **self.kwargs)(f)
class Base(app.Task):
    def __init_subclass__(cls, name=None):
        cls.name = name
-- shop/tasks.py --
from shop.base import Base, retryable, app
@retryable(max_retries=9)
def a(): pass
class B(Base, name="shop.b"):
    def run(self): pass
registered = app.register_task(B())
def go():
    registered.delay()
`, `
app shop module=shop.base open="" broker=none backend=none
task shop.tasks.a app=0 max_retries=9
task shop.b app=0 name="shop.b"
call shop.b.delay
queue celery direct  default=true
`},
		"work": {`
-- t.py --
import httpx, logging, subprocess, smtplib, json
import requests
from celery import shared_task
from requests.adapters import HTTPAdapter
from django.core.mail import send_mail
from shop.models import Order

plain = requests.Session()
class Slow(requests.Session):
    def request(self, *a, **k):
        k.setdefault("timeout", 5)
        return super().request(*a, **k)
slow = Slow()
class Other(requests.Session):
    pass
mounted = requests.Session()
mounted.mount("https://", TimeoutAdapter())

def fetch(url, **options):
    return requests.get(url, **options)

class Client:
    def __init__(self):
        self.session = requests.Session()
    def get(self, url):
        return self.session.get(url)

@shared_task
def work(url, opts):
    logging.info("x")
    json.dumps({})
    plain.get(url)
    slow.get(url)
    Other().get(url)
    mounted.get(url)
    fetch(url)
    requests.post(url, timeout=None)
    requests.put(url, **opts)
    httpx.get(url)
    httpx.get(url, timeout=None)
    smtplib.SMTP("h")
    Client().get(url)
    send_mail("a")
    o = Order.objects.filter(pk=1).update(x=1)
    o.save()
    url.format(1)
`, `
task t.work app=0 
  work requests.Session.get timeout=false
  work requests.Session.get timeout=true
  work requests.Session.get timeout=false
  work requests.Session.get timeout=true
  work requests.get timeout=?
  work requests.post timeout=false
  work requests.put timeout=?
  work httpx.get timeout=true
  work httpx.get timeout=false
  work smtplib.SMTP timeout=false
  work requests.Session.get timeout=false
  work django.core.mail.send_mail
  work Order.objects.filter().update
  work o.save
`},
		"retries": {`
-- t.py --
from celery import shared_task
from celery.exceptions import Retry
@shared_task(bind=True)
def a(self):
    try:
        try:
            work()
        except Exception as e:
            self.retry(exc=e)
    except Exception:
        log()
@shared_task(bind=True)
def b(self):
    try:
        self.retry()
    except Retry:
        raise
    except Exception:
        log()
@shared_task(bind=True)
def c(self):
    try:
        if bad():
            raise self.retry(countdown=2 ** self.request.retries)
    except Exception as e:
        self.retry(exc=e)
@shared_task(bind=True)
def d(task):
    if task.request.retries > 5:
        return
    try:
        work()
    except ValueError as e:
        return task.retry(exc=e, throw=False)
@shared_task
def e():
    try:
        e.retry()
    except:
        raise
@shared_task(bind=True)
def f(self):
    if self.request.delivery_info["redelivered"]:
        return
`, `
task t.a app=0 bind=true
  retry swallowed
task t.b app=0 bind=true
  retry
task t.c app=0 bind=true
  retry raised countdown=? swallowed again
  retry
task t.d app=0 bind=true
  retry raised
  checks=true redelivered=false
task t.e app=0 
  retry
task t.f app=0 bind=true
  checks=false redelivered=true
`},
		"waits and sleeps": {`
-- t.py --
import time
from celery import shared_task, group, chord, chain
from celery.result import AsyncResult, allow_join_result
@shared_task
def one(): time.sleep(30)
@shared_task
def two(cache, id):
    one.delay().get()
    r = one.apply_async()
    r.get(timeout=3)
    AsyncResult(id).get()
    group(one.s(), one.s())().join()
    with allow_join_result():
        r.get()
    r.get(disable_sync_subtasks=False)
    cache.get("x")
    {}.get("y")
    while True:
        time.sleep(5)
def view():
    one.delay().get()
`, `
task t.one app=0 
  sleep 30s
task t.two app=0 
  work one.delay
  work one.apply_async
  wait
  wait
  wait
  wait
  wait allowed
  wait allowed
  sleep -1ns
call t.one.delay in task
call t.one.apply_async in task
call t.one.s in task
call t.one.s in task
call t.one.delay
group of  upgraded=false waits=true
`},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.archive, c.want) })
	}
}

func TestCalls(t *testing.T) {
	for name, c := range map[string]struct{ archive, want string }{
		"objects": {`
-- shop/models.py --
from django.db import models
from celery import shared_task
class Order(models.Model):
    def pay(self):
        go.delay(self)
        go.delay(self.pk)
@shared_task
def go(x): pass
-- shop/views.py --
from django.shortcuts import get_object_or_404
from shop.models import go, Order
def view(request, pk):
    go.delay(request)
    go.delay(request.user)
    go.delay(request.user.pk)
    order = get_object_or_404(Order, pk=pk)
    go.delay(order)
    go.delay(order.pk)
    first, made = Order.objects.get_or_create(pk=1)
    go.apply_async(args=[first])
    go.apply_async(kwargs={"x": Order(pk=1)})
    for each in Order.objects.filter(a=1).order_by("b"):
        go.delay(each)
    go.delay(list(Order.objects.values_list("pk")))
    ids = Order.objects.values_list("pk", flat=True)
    go.delay(ids)
    both = Order.objects.first()
    both = both.pk
    go.delay(both)
    go.delay(pk)
def other(session, request_id):
    go.delay(session.query(Order).filter_by(a=1).first())
    go.delay(request_id)
`, `
task shop.models.go app=0 
call shop.models.go.delay [model instance, of Order]
call shop.models.go.delay
call shop.models.go.delay [request]
call shop.models.go.delay [model instance, request.user]
call shop.models.go.delay
call shop.models.go.delay [model instance, from get_object_or_404]
call shop.models.go.delay
call shop.models.go.apply_async [model instance, from Order.objects.get_or_create]
call shop.models.go.apply_async [model instance, of Order]
call shop.models.go.delay [model instance, from Order.objects.filter().order_by]
call shop.models.go.delay
call shop.models.go.delay
call shop.models.go.delay
call shop.models.go.delay
call shop.models.go.delay [model instance, from session.query().filter_by().first]
call shop.models.go.delay
`},
		"transactions": {`
-- shop/tasks.py --
from celery import shared_task
from functools import partial
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
@shared_task
def go(x): pass
def a():
    with transaction.atomic():
        go.delay(1)
        transaction.on_commit(lambda: go.delay(2))
        transaction.on_commit(partial(go.delay, 3))
        go.delay_on_commit(4)
        def later():
            go.delay(5)
        transaction.on_commit(later)
    go.delay(6)
@transaction.atomic
def b():
    go.apply_async((1,), countdown=10)
@receiver(post_save, sender=X)
def c(sender, instance, **kw):
    go.delay(instance.pk)
    go.delay(instance)
def d(sender, instance, **kw):
    go.delay(instance.pk)
post_save.connect(d)
def e(session):
    with session.begin():
        go.delay(1)
`, `
task shop.tasks.go app=0 
call shop.tasks.go.delay in transaction
call shop.tasks.go.delay_on_commit in transaction on commit
call shop.tasks.go.delay
call shop.tasks.go.delay on commit
call shop.tasks.go.delay on commit
call shop.tasks.go.apply_async countdown=10s in transaction
call shop.tasks.go.delay in transaction of a save
call shop.tasks.go.delay [model instance, of the signal] in transaction of a save
call shop.tasks.go.delay in transaction of a save
call shop.tasks.go.delay in transaction
`},
		"options, names, canvas": {`
-- t.py --
from datetime import datetime, timedelta
from celery import Celery, chain, chord, group
from django.utils import timezone
app = Celery("t", broker="amqp://rabbit//")
@app.task
def a(x): pass
@app.task
def b(x): pass
def go(ids, when):
    a.apply_async((1,), eta=timezone.now() + timedelta(hours=2))
    a.apply_async((1,), eta=when, queue=None)
    a.apply_async(countdown=timedelta(minutes=1).total_seconds())
    app.send_task("other.task", args=[1], queue="q")
    chord([a.s(i) for i in ids])(b.s())
    header = [a.s(1), a.si(2)]
    chord(header, b.s()).delay()
    (group(a.s(1), a.s(2)) | b.s()).delay()
    chain(group(a.s(1)), b.s())()
    chain(a.s(1), group(b.s()))()
    unknown.delay(1)
    chain(a.s(1), b.s()).apply_async()
`, `
app t module=t open="" broker=amqp backend=none
task t.a app=1 
task t.b app=1 
call t.a.apply_async countdown=2h0m0s
call t.a.apply_async
call t.a.apply_async countdown=1m0s
call other.task.send_task queue=q
call t.a.s
call t.b.s
call t.a.s
call t.a.si
call .delay
call t.b.s
call .delay
call t.a.s
call t.a.s
call t.b.s
call t.a.s
call t.b.s
call t.a.s
call t.b.s
call .apply_async
call t.a.s
call t.b.s
chord of t.a upgraded=false waits=false
chord of t.a,t.a upgraded=false waits=false
chord of t.a,t.a upgraded=true waits=false
chord of t.a upgraded=true waits=false
queue celery direct  default=true
`},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.archive, c.want) })
	}
}
