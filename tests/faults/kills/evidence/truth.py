"""Truth: what WeChat's stand-in kept, read from its own file. The product has no part in it."""

import sqlite3
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from services.payments.refunds.actions import BY_HAND


class Truth(NamedTuple):
    """Orders and refunds by their numbers, and how often each message arrived.

    `messages`: (openid, its words) → how often.
    """

    orders: dict[str, dict[str, Any]]
    refunds: dict[str, dict[str, Any]]
    messages: Counter[tuple[str, str]]

    def paid(self) -> dict[str, dict[str, Any]]:
        """Return the orders that were paid, whatever went back since."""
        return {n: o for n, o in self.orders.items() if o["transaction_id"]}

    def back(self, *, by_hand: bool = False) -> defaultdict[str, list[int]]:
        """Return order → what went back of it, or is on its way back, refund by refund.

        `by_hand`: that which staff asked for, and not what was paid too much.
        """
        found = defaultdict[str, list[int]](list)
        for number, refund in self.refunds.items():
            if number.startswith(BY_HAND) is not by_hand:
                continue
            if refund["status"] in {"SUCCESS", "PROCESSING"}:
                found[refund["order_key"].partition("/")[2]].append(refund["refund_fen"])
        return found


def read(state: Path) -> Truth:
    with sqlite3.connect(f"file:{state}?mode=ro", uri=True) as db:
        orders = {o["out_trade_no"]: o for o in _rows(db, "order")}
        refunds = {r["out_refund_no"]: r for r in _rows(db, "refund")}
        messages = Counter((m["openid"], _words(m)) for m in _rows(db, "message"))
    return Truth(orders, refunds, messages)


def _rows(db: sqlite3.Connection, kind: str) -> list[dict[str, Any]]:
    found = db.execute("SELECT body FROM rows WHERE kind = ?", (kind,))
    return [msgspec.json.decode(body) for (body,) in found]


def _words(message: dict[str, Any]) -> str:
    """Return what a message says and where it leads: of each thing there is one message."""
    said = msgspec.json.encode(message["data"], order="sorted").decode()
    return f"{message['page']} {said}"
