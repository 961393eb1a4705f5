"""Writes the broker's users to stdout, as definitions with hashed passwords:

    python3 rabbitmq/users.py > secrets/users.json

The password of each is taken from NAME_RABBITMQ_PASSWORD.
"""
import base64
import hashlib
import json
import os

MAIL = r"mail(\.(send|bulk))?"

# configure, write, read: what a service needs, and no more. Who sends a task
# declares its queue; the worker of the mails declares the queues of Celery's
# delayed delivery as well.
USERS = {
    "orders": (f"^{MAIL}$", rf"^(shop\.(events|commands)|{MAIL}|celery_delayed_27)$", "^mail$"),
    "payments": (f"^{MAIL}$", rf"^(shop\.events|{MAIL}|celery_delayed_27)$", r"^(payments\.(charge|refund)|mail)$"),
    "mail": (rf"^({MAIL}|celery_delayed_.*)$", rf"^({MAIL}|celery_delayed_.*)$", rf"^({MAIL}|celery_delayed_.*)$"),
    "shipping": ("^$", r"^shop\.events$", r"^orders\.paid$"),
    "stock": ("^$", "^$", r"^orders\.new$"),
    "notifications": ("^$", "^$", r"^notifications\.push$"),
    "deadletters": ("^$", "^$", r"^shop\.(dead|unrouted)$"),
    "monitor": ("^$", "^$", "^$"),  # looks at the broker and changes nothing
}

TAGS = {"monitor": ["monitoring"]}


def hashed(password):
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def definitions():
    users, permissions = [], []
    for name, (configure, write, read) in USERS.items():
        password = os.environ[f"{name.upper()}_RABBITMQ_PASSWORD"]
        users.append(
            {
                "name": name,
                "password_hash": hashed(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": TAGS.get(name, []),
            }
        )
        permissions.append({"user": name, "vhost": "shop", "configure": configure, "write": write, "read": read})
    return {"users": users, "permissions": permissions}


if __name__ == "__main__":
    print(json.dumps(definitions(), indent=2))
