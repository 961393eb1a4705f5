"""The payment provider's HTTP API."""
import os

import requests

GATEWAY_URL = os.environ.get("GATEWAY_URL", "http://gateway:9000")


def charge(order_id, amount, card):
    response = requests.post(
        f"{GATEWAY_URL}/charges",
        json={"reference": order_id, "amount": amount, "card": card},
    )
    response.raise_for_status()
    return response.json()


def refund(order_id, amount):
    response = requests.post(
        f"{GATEWAY_URL}/refunds",
        json={"reference": order_id, "amount": amount},
    )
    response.raise_for_status()
    return response.json()
