"""Orders and the outbox in SQLite."""
import json
import os
import sqlite3
import uuid

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, countdown INTEGER
);
"""


def connect():
    db = sqlite3.connect(os.environ["ORDERS_DB"], timeout=10)
    db.execute("PRAGMA journal_mode=WAL")
    db.executescript(SCHEMA)
    return db


def new_order(wanted):
    return {**wanted, "id": uuid.uuid4().hex, "pay_later": bool(wanted.get("pay_later"))}


def event(name, order):
    return (f"{name}:{order['id']}", "event", name, json.dumps({"event": name, **order}), None)


def command(name, order):
    return (f"{name}:{order['id']}", "command", name, json.dumps(order), None)


def task(name, order, countdown):
    return (f"{name}:{order['id']}", "task", name, json.dumps(order), countdown)


def insert(order, messages):
    with connect() as db:
        db.execute("INSERT INTO orders VALUES (?, ?)", (order["id"], json.dumps(order)))
        put(db, messages)


def add(*messages):
    with connect() as db:
        put(db, messages)


def put(db, messages):
    # A message that is there already, or was sent before, is the same one.
    db.executemany(
        "INSERT OR IGNORE INTO outbox (id, kind, name, body, countdown) VALUES (?, ?, ?, ?, ?)", messages
    )


def get(order_id):
    row = connect().execute("SELECT body FROM orders WHERE id = ?", (order_id,)).fetchone()
    return json.loads(row[0]) if row else None


def waiting():
    return connect().execute("SELECT count(*) FROM outbox").fetchone()[0]


def next_messages(db, count):
    return db.execute(
        "SELECT seq, id, kind, name, body, countdown FROM outbox ORDER BY seq LIMIT ?", (count,)
    ).fetchall()


def sent(db, seq):
    with db:
        db.execute("DELETE FROM outbox WHERE seq = ?", (seq,))
