"""What was charged and paid back, by the id of the message that asked for it."""
import json
import os
import sqlite3

SCHEMA = "CREATE TABLE IF NOT EXISTS done (message_id TEXT PRIMARY KEY, result TEXT NOT NULL)"


def connect():
    db = sqlite3.connect(os.environ["PAYMENTS_DB"], timeout=10)
    db.execute(SCHEMA)
    return db


def once(message_id, work):
    """The result of work, which is not done again for the same message."""
    db = connect()
    row = db.execute("SELECT result FROM done WHERE message_id = ?", (message_id,)).fetchone()
    if row:
        return json.loads(row[0])
    result = work()
    with db:
        db.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", (message_id, json.dumps(result)))
    return result
