"""HTTP API of the shop: takes orders and refunds."""
import logging
import os

from flask import Flask, jsonify, request

from mail.tasks import remind_payment
from orders import events, store

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("orders")

app = Flask("orders")


@app.post("/orders")
def place_order():
    order = store.insert(request.get_json())
    events.emit("order.placed", order)
    if order["pay_later"]:
        remind_payment.apply_async((order,), countdown=2 * 60 * 60)
    else:
        events.enqueue("payments.charge", order)
    log.info("order %s placed", order["id"])
    return jsonify(order), 201


@app.post("/orders/<order_id>/refund")
def refund_order(order_id):
    order = store.get(order_id)
    if order is None:
        return jsonify(error="no such order"), 404
    events.enqueue("payment.refund", order)
    events.emit("order.refunded", order)
    return jsonify(order), 202


@app.get("/health")
def health():
    return jsonify(status="ok")


if __name__ == "__main__":
    app.run(os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8000")))
