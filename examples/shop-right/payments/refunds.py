"""Pays money back."""
import logging

from bus.consumer import consume
from payments import gateway, store

logging.basicConfig(level=logging.WARNING)


def refund(channel, order, properties):
    store.once(
        properties.message_id,
        lambda: gateway.refund(order["id"], order["total"], properties.message_id),
    )


if __name__ == "__main__":
    consume("payments.refund", refund, prefetch=2)
