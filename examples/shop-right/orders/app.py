"""HTTP API of the shop: takes orders and refunds. What the other services
must hear goes into the outbox, in the same transaction as the order."""
from flask import Flask, jsonify, request

from orders import store

app = Flask("orders")


@app.post("/orders")
def place_order():
    wanted = request.get_json()
    for field in ("customer", "address", "total", "lines"):
        if not wanted.get(field):
            return jsonify(error=f"{field} is missing"), 400
    if "@" not in wanted.get("email", ""):
        return jsonify(error="email is no address"), 400
    order = store.new_order(wanted)
    messages = [store.event("order.placed", order)]
    if order["pay_later"]:
        messages.append(store.task("mail.tasks.remind_payment", order, countdown=2 * 60 * 60))
    else:
        messages.append(store.command("payment.charge", order))
    store.insert(order, messages)
    return jsonify(order), 201


@app.post("/orders/<order_id>/refund")
def refund_order(order_id):
    order = store.get(order_id)
    if order is None:
        return jsonify(error="no such order"), 404
    store.add(store.command("payment.refund", order), store.event("order.refunded", order))
    return jsonify(order), 202


@app.get("/health")
def health():
    return jsonify(status="ok", outbox=store.waiting())
