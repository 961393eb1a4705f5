"""Mails to customers. The mailer takes a key and sends a mail only once for it."""
import os

import requests

from mail.app import app

TIMEOUT = (3, 10)  # seconds to connect, seconds to wait for an answer

# How a task is tried again: after about 1, 2, 4 … s, five times.
retried = {
    "autoretry_for": (requests.RequestException,),
    "retry_backoff": True,
    "retry_backoff_max": 60,
    "retry_jitter": True,
    "max_retries": 5,
}


def deliver(key, to, subject, text, attachment=None):
    response = requests.post(
        f"{os.environ['MAILER_URL']}/messages",
        json={"to": to, "subject": subject, "text": text, "attachment": attachment},
        headers={"Idempotency-Key": key},
        timeout=TIMEOUT,
    )
    response.raise_for_status()


@app.task(**retried)
def render_invoice(order):
    response = requests.post(f"{os.environ['INVOICE_URL']}/invoices", json=order, timeout=TIMEOUT)
    response.raise_for_status()
    return response.json()["url"]


@app.task(**retried)
def send_receipt(invoice, order):
    deliver(f"receipt:{order['id']}", order["email"], "Your receipt", f"Order {order['id']}: paid.", invoice)


@app.task(**retried)
def remind_payment(order):
    text = f"Order {order['id']} waits for your payment."
    deliver(f"remind:{order['id']}", order["email"], "Your order", text)


@app.task(**retried)
def ask_for_review(order_id, email):
    deliver(f"review:{order_id}", email, "How was it?", f"Tell us about order {order_id}.")


def mail_receipt(order):
    """The receipt, with an invoice for companies: one task after the other,
    so that no worker waits for another one."""
    receipt = send_receipt.si(None, order)
    if order.get("company"):
        receipt = render_invoice.s(order) | send_receipt.s(order)
    receipt.apply_async()
