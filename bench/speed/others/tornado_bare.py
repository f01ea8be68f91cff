"""Bare Tornado handler: HMAC of the token, session lookup, and the same find of bills."""

import asyncio
import hmac
import time
from base64 import urlsafe_b64decode
from typing import Any, Final

import msgspec
import uvloop
from pymongo.asynchronous.database import AsyncDatabase
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from bench.speed.others import given

UNAUTHORIZED: Final = 401


class MyBills(RequestHandler):
    db: AsyncDatabase[dict[str, Any]]

    def initialize(self, db: AsyncDatabase[dict[str, Any]]) -> None:
        self.db = db

    async def get(self) -> None:
        claims = self.claims(self.request.headers.get("Authorization", "")[7:])
        session = await self.db.sessions.find_one({"_id": claims["sid"]})
        if session is None or session["revoked_at"] or session["person"] != claims["sub"]:
            raise HTTPError(UNAUTHORIZED)
        query = {"home": session["bench_home"], "state": "owing"}
        cursor = self.db.bills.find(query).sort([("period", -1), ("_id", -1)])
        rows = await cursor.limit(given.PAGE).to_list()
        items = [{name: row.get(name) for name in given.FIELDS} for row in rows]
        owed = sum(row["amount_fen"] for row in rows)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(msgspec.json.encode({"items": items, "owed": owed}))

    @staticmethod
    def claims(token: str) -> dict[str, Any]:
        signed, _, mac = token.rpartition(".")
        digest = hmac.digest(given.of("KEY").encode(), signed.encode(), "sha256")
        if not hmac.compare_digest(decoded(mac), digest):
            raise HTTPError(UNAUTHORIZED)
        claims: dict[str, Any] = msgspec.json.decode(decoded(signed.partition(".")[2]))
        if claims["exp"] <= time.time():
            raise HTTPError(UNAUTHORIZED)
        return claims


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def main() -> None:
    app = Application([("/bills", MyBills, {"db": given.database()})])
    HTTPServer(app).add_socket(given.listen())
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
