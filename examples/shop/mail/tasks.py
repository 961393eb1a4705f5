"""Mails to customers."""
import os

import requests
from celery.exceptions import Reject

from mail.app import app

MAILER_URL = os.environ.get("MAILER_URL", "http://mailer:8025")
INVOICE_URL = os.environ.get("INVOICE_URL", "http://invoices:8030")


def deliver(to, subject, text, attachment=None):
    response = requests.post(
        f"{MAILER_URL}/messages",
        json={"to": to, "subject": subject, "text": text, "attachment": attachment},
    )
    response.raise_for_status()


@app.task(autoretry_for=(Exception,), max_retries=None)
def render_invoice(order):
    response = requests.post(f"{INVOICE_URL}/invoices", json=order)
    response.raise_for_status()
    return response.json()["url"]


@app.task(bind=True, max_retries=20)
def send_receipt(self, order):
    if "@" not in order["email"]:
        raise Reject(f"order {order['id']}: no mail address", requeue=False)
    invoice = None
    if order.get("company"):
        invoice = render_invoice.delay(order).get(disable_sync_subtasks=False)
    try:
        deliver(order["email"], "Your receipt", f"Order {order['id']}: paid.", invoice)
    except requests.RequestException as error:
        raise self.retry(exc=error, countdown=5)


@app.task
def remind_payment(order):
    deliver(order["email"], "Your order", f"Order {order['id']} waits for your payment.")


@app.task
def ask_for_review(order_id, email):
    deliver(email, "How was it?", f"Tell us about order {order_id}.")
