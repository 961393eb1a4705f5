"""Keeps what no service could handle, or no queue wanted, and tells a person."""
import json
import logging
import os
import sqlite3
import sys

import requests

from bus.consumer import consume

logging.basicConfig(level=logging.WARNING)
log = logging.getLogger("deadletters")

SCHEMA = """
CREATE TABLE IF NOT EXISTS letters (
    message_id TEXT PRIMARY KEY, queue TEXT, reason TEXT, body TEXT NOT NULL, at TEXT DEFAULT CURRENT_TIMESTAMP
);
"""


def keep(channel, message, properties):
    headers = properties.headers or {}
    queue = headers.get("x-first-death-queue", headers.get("x-first-death-exchange", "none"))
    reason = headers.get("x-first-death-reason", "unroutable")
    message_id = properties.message_id or properties.correlation_id
    with sqlite3.connect(os.environ["DEADLETTERS_DB"], timeout=10) as db:
        db.executescript(SCHEMA)
        db.execute(
            "INSERT OR IGNORE INTO letters (message_id, queue, reason, body) VALUES (?, ?, ?, ?)",
            (message_id, queue, reason, json.dumps(message)),
        )
    try:
        alert(f"{queue}: {message_id} was not handled ({reason})")
    except requests.RequestException:
        log.exception("nobody was told of %s", message_id)  # it is kept all the same


def alert(text):
    response = requests.post(os.environ["ALERT_URL"], json={"text": text}, timeout=(3, 10))
    response.raise_for_status()


if __name__ == "__main__":
    # Nothing comes after the dead letters: a full disk is waited for, for a day.
    consume(sys.argv[1], keep, prefetch=5, max_deliveries=1000)
