"""Orders in SQLite."""
import json
import os
import sqlite3
import uuid

DATABASE = os.environ.get("ORDERS_DB", "orders.db")


def connect():
    db = sqlite3.connect(DATABASE)
    db.execute("CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
    return db


def insert(order):
    order["id"] = uuid.uuid4().hex
    order.setdefault("pay_later", False)
    with connect() as db:
        db.execute("INSERT INTO orders VALUES (?, ?)", (order["id"], json.dumps(order)))
    return order


def get(order_id):
    row = connect().execute("SELECT body FROM orders WHERE id = ?", (order_id,)).fetchone()
    return json.loads(row[0]) if row else None
