"""The payment provider's HTTP API. It takes a key and does the same thing
only once for it."""
import os

import requests

TIMEOUT = (3, 10)  # seconds to connect, seconds to wait for an answer


def charge(order_id, amount, card, key):
    return post("charges", {"reference": order_id, "amount": amount, "card": card}, key)


def refund(order_id, amount, key):
    return post("refunds", {"reference": order_id, "amount": amount}, key)


def post(path, body, key):
    response = requests.post(
        f"{os.environ['GATEWAY_URL']}/{path}",
        json=body,
        headers={"Idempotency-Key": key},
        timeout=TIMEOUT,
    )
    response.raise_for_status()
    return response.json()
