"""Charges the customer's card, tells everybody that the order is paid,
and has the receipt mailed."""
import logging

from bus.connection import publish
from bus.consumer import consume
from mail.tasks import ask_for_review, mail_receipt
from payments import gateway, store

logging.basicConfig(level=logging.WARNING)


def charge(channel, order, properties):
    payment = store.once(
        properties.message_id,
        lambda: gateway.charge(order["id"], order["total"], order["card"], properties.message_id),
    )
    if payment["status"] != "captured":
        return
    paid = {**order, "payment": payment["id"]}
    publish(channel, "shop.events", "order.paid", paid, f"order.paid:{order['id']}")
    mail_receipt(paid)
    ask_for_review.apply_async((order["id"], order["email"]), task_id=f"review:{order['id']}")


if __name__ == "__main__":
    # Five charges of at most 13 s each fit into the time that is given to end.
    consume("payments.charge", charge, prefetch=5)
