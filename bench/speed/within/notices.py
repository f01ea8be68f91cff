"""Payment notices: the product's way, and bare: the same cryptography and the same writes.

The bare one verifies, decrypts, and in one transaction keeps the notice, moves the order and
each bill, and inserts journal, receipt, message and job: what was written by the product, in
collections with the same indexes, without a rule looked at.
"""

import base64
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.speed.within import raw, residents
from bench.speed.within.site import Site
from services.payments import notices
from services.wechat.pay import PayClient

SERIAL: Final = "PUB_KEY_ID_0110000000000000"
NONCE: Final = "0123456789ab"
KIND: Final = "transaction"
KEPT: Final = (
    "wechat_events",
    "payments",
    "bills",
    "journal",
    "receipts",
    "messages",
    "outbox",
)
PERSON: Final = residents.person(0)


class Notice(NamedTuple):
    order: str
    headers: dict[str, str]
    body: bytes


class WeChat:
    """Merchant account whose notices we sign ourselves, in place of WeChat."""

    def __init__(self, site: Site) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        known = next(
            client.account
            for client in site.deps.merchants.values()
            if client.account.mode == "direct"
        )
        self.account = msgspec.structs.replace(
            known, public_key_id=SERIAL, public_key_pem=public.decode()
        )
        base, now = site.wechat, site.deps.now
        client = PayClient(self.account, base=base, notify_base_url=base, now=now)
        merchants: Any = site.deps.merchants
        merchants[known.key] = client

    def notice(self, order: str, amount_fen: int, at: datetime) -> Notice:
        plain = msgspec.json.encode(
            {
                "appid": self.account.appid,
                "mchid": self.account.mchid,
                "out_trade_no": order,
                "transaction_id": f"42{order[-20:]}",
                "trade_state": "SUCCESS",
                "trade_state_desc": "支付成功",
                "trade_type": "JSAPI",
                "bank_type": "OTHERS",
                "success_time": at.isoformat(timespec="seconds"),
                "payer": {"openid": "openid"},
                "amount": {
                    "total": amount_fen,
                    "payer_total": amount_fen,
                    "currency": "CNY",
                    "payer_currency": "CNY",
                },
            }
        )
        body = msgspec.json.encode(
            {
                "id": f"event-{order}",
                "create_time": at.isoformat(timespec="seconds"),
                "resource_type": "encrypt-resource",
                "event_type": "TRANSACTION.SUCCESS",
                "summary": "支付成功",
                "resource": self.sealed(plain),
            }
        )
        return Notice(order, self.signed(body), body)

    def sealed(self, plain: bytes) -> dict[str, str]:
        cipher = AESGCM(self.account.api_v3_key.encode())
        text = cipher.encrypt(NONCE.encode(), plain, KIND.encode())
        return {
            "original_type": KIND,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(text).decode(),
            "associated_data": KIND,
            "nonce": NONCE,
        }

    def signed(self, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        text = f"{stamp}\n{NONCE}\n".encode() + body + b"\n"
        signature = self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": NONCE,
            "Wechatpay-Serial": SERIAL,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
        }


async def receive(site: Site, *, count: int, bills: int) -> dict[str, float]:
    """Receive so many notices in turn with the bare work; return the seconds of both."""
    wechat = site.kept.get("wechat") or site.kept.setdefault("wechat", WeChat(site))
    serial = site.kept["orders"] = site.kept.get("orders", 0) + count + 1
    given = [await ordered(site, wechat, serial - n, bills) for n in range(count + 1)]
    await book(site, wechat, given[0])
    bare = await Bare.like(site, wechat, given[0], bills)
    seconds = {"product": 0.0, "bare": 0.0}
    for notice in given[1:]:
        began = time.perf_counter()
        await book(site, wechat, notice)
        seconds["product"] += time.perf_counter() - began
        await bare.order(notice)
        began = time.perf_counter()
        await bare.book(notice)
        seconds["bare"] += time.perf_counter() - began
    return seconds


async def book(site: Site, wechat: WeChat, notice: Notice) -> None:
    key = wechat.account.key
    await notices.receive_payment(site.deps, key, notice.headers, notice.body)


async def ordered(site: Site, wechat: WeChat, serial: int, bills: int) -> Notice:
    """Write an order of so many bills; return the notice that it is paid."""
    now, home = site.deps.now(), f"{residents.COMPOUND}.pay.u{bills}.h{serial}"
    rows = [residents.bill(home, n, "owing", now) for n in range(bills)]
    order = {
        "_id": f"order{bills:03d}{serial:018d}",
        "person": PERSON,
        "account": wechat.account.key,
        "payee_name": rows[0]["payee_name"],
        "lines": [line(row) for row in rows],
        "bill_ids": [row["_id"] for row in rows],
        "amount_fen": residents.FEN * bills,
        "state": "prepaid",
        "open": True,
        "body": b"{}",
        "prepay_id": "prepay",
        "prepaid_at": now,
        "created_at": now,
        "expires_at": now + timedelta(minutes=30),
    }
    await site.deps.db.bills.insert_many(rows)
    await site.deps.db.payments.insert_one(order)
    return wechat.notice(order["_id"], order["amount_fen"], now)


def line(bill: Mapping[str, Any]) -> dict[str, Any]:
    names = ("home", "kind", "period", "explanation", "amount_fen")
    return {"bill_id": bill["_id"], **{name: bill[name] for name in names}}


class Bare:
    """The same cryptography and writes. `like`: documents that the product wrote."""

    def __init__(self, site: Site, wechat: WeChat, rows: dict[str, Any], bills: int) -> None:
        self.site, self.wechat, self.rows, self.bills = site, wechat, rows, bills
        self.public = wechat.key.public_key()
        self.cipher = AESGCM(wechat.account.api_v3_key.encode())
        self.at = {name: site.deps.db[f"raw_{name}"] for name in KEPT}

    @classmethod
    async def like(cls, site: Site, wechat: WeChat, notice: Notice, bills: int) -> "Bare":
        db, order = site.deps.db, notice.order
        paid = await db.payments.find_one({"_id": order})
        if paid is None or paid["state"] != "paid":
            raise ValueError(f"{order}: the product did not book the notice")
        found: dict[str, Any] = {"payments": paid}
        for name in set(KEPT) - {"payments"}:
            await raw.create(site, name)
            if last := await db[name].find_one({}, sort=[("_id", -1)]):
                found[name] = last
        await raw.create(site, "payments")
        return cls(site, wechat, found, bills)

    def bill_id(self, order: str, number: int) -> str:
        return f"{order}|{number}"

    async def order(self, notice: Notice) -> None:
        """Write the order and its bills: not timed, as those of the product are not."""
        order = notice.order
        payment = {**self.rows["payments"], "_id": order, "state": "prepaid", "open": True}
        payment["bill_ids"] = [self.bill_id(order, n) for n in range(self.bills)]
        await self.at["payments"].insert_one(payment)
        now = self.site.deps.now()
        rows = [residents.bill(order, n, "owing", now) for n in range(self.bills)]
        await self.at["bills"].insert_many(rows)

    async def book(self, notice: Notice) -> None:
        event = self.opened(notice)
        key = f"{self.wechat.account.key}:{event['id']}"
        if await self.at["wechat_events"].find_one({"_id": key}):
            return
        order = await self.at["payments"].find_one({"_id": notice.order})
        async with self.site.deps.mongo.start_session() as session:
            await session.with_transaction(lambda tx: self.write(tx, key, order, notice.body))

    def opened(self, notice: Notice) -> dict[str, Any]:
        headers, event = notice.headers, msgspec.json.decode(notice.body)
        stamp, nonce = headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"]
        text = f"{stamp}\n{nonce}\n".encode() + notice.body + b"\n"
        signature = base64.b64decode(headers["Wechatpay-Signature"])
        self.public.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        sealed = event["resource"]
        text = base64.b64decode(sealed["ciphertext"])
        nonce, kind = sealed["nonce"].encode(), sealed["associated_data"].encode()
        msgspec.json.decode(self.cipher.decrypt(nonce, text, kind))
        return dict(event)

    async def write(self, tx: Any, key: str, order: Any, body: bytes) -> None:
        at, rows, number = self.at, self.rows, order["_id"]
        event = {**rows["wechat_events"], "_id": key, "body": body}
        await at["wechat_events"].insert_one(event, session=tx)
        paid = {"$set": {"state": "paid", "open": False, "paid_at": self.site.deps.now()}}
        key_of_order = {"_id": number, "state": "prepaid"}
        await at["payments"].find_one_and_update(key_of_order, paid, session=tx)
        for bill_id in order["bill_ids"]:
            owing = {"_id": bill_id, "state": "owing"}
            done = {"$set": {"state": "paid", "paid_at": event["received_at"]}}
            await at["bills"].update_one(owing, done, session=tx)
        await at["journal"].insert_one({**rows["journal"], "_id": number}, session=tx)
        await at["receipts"].insert_one({**rows["receipts"], "_id": number}, session=tx)
        # no job carries a message to who cannot be reached by it
        for name in {"messages", "outbox"} & rows.keys():
            row = {k: v for k, v in rows[name].items() if k not in {"_id", "person"}}
            key_of_row = {"_id": number, "person": PERSON}
            await at[name].update_one(
                key_of_row, {"$setOnInsert": row}, upsert=True, session=tx
            )
