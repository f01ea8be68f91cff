"""Merchant accounts in tests: two administrators, and changes that they make together."""

from typing import Any, Final

import msgspec

from services.kernel.permissions import Role
from services.merchants.models import Keys
from services.wechat.merchant import MerchantAccount
from tests.build.cast import Estate, appoint
from tests.build.deeds import Ask
from tests.build.sign_ins import Member
from tests.build.world import Reply

CHANGES = "/api/v1/merchant-changes"


async def second(estate: Estate) -> Member:
    """Another administrator of the whole city."""
    await appoint(estate.world.deps, Role.ADMINISTRATOR, "cc", "13900000080")
    return await estate.world.sign_in("second", "13900000080")


def keys_of(account: MerchantAccount, **others: Any) -> dict[str, Any]:
    """Return the keys of an account as they are sent."""
    keys = msgspec.convert(account, Keys, from_attributes=True)
    return {**msgspec.structs.asdict(keys), **others}


def forgotten(estate: Estate, key: str) -> dict[str, Any]:
    """Take an account out of the environment; return how it is added."""
    deps = estate.world.deps
    account = deps.merchants.environment.pop(key)
    deps.merchants.drop(key)
    said = ("name", "mode", "mchid", "appid", "sub_mchid", "sub_appid")
    facts = {name: getattr(account, name) for name in said}
    return {"account": key, **facts, "keys": keys_of(account), "reason": "新签约"}


async def propose(estate: Estate, who: Member, account: str, kind: str, **wish: Any) -> Reply:
    body = {"kind": kind, "reason": "企业申请", **wish}
    path = f"/api/v1/merchants/{account}/changes"
    return await estate.world.api.post(path, body, as_=who)


async def decide(estate: Estate, who: Member, change: str, *, approve: bool = True) -> Reply:
    body = {"approve": approve, "reason": "已核实"}
    return await estate.world.api.post(f"{CHANGES}/{change}/decision", body, as_=who)


async def change(estate: Estate, account: str, kind: str, **wish: Any) -> None:
    """Let one administrator propose a change and another one approve it."""
    proposed = await propose(estate, await estate.member("admin"), account, kind, **wish)
    assert proposed.status == 201, proposed.body
    made = await decide(estate, await second(estate), proposed.body["change_id"])
    assert made.status == 200, made.body


async def add(estate: Estate, wish: dict[str, Any]) -> None:
    """Let one administrator propose an account and another one approve it."""
    admin = await estate.member("admin")
    proposed = await estate.world.api.post("/api/v1/merchants", wish, as_=admin)
    assert proposed.status == 201, proposed.body
    made = await decide(estate, await second(estate), proposed.body["change_id"])
    assert made.status == 200, made.body


SWITCH_OFF: Final = {"kind": "switch_off", "reason": "企业申请"}


async def merchant_proposed(_: Estate) -> Ask:
    return Ask("/api/v1/merchants/firm/changes", SWITCH_OFF, by="admin")


async def merchant_decided(estate: Estate, *, approve: bool = True) -> Ask:
    other = await second(estate)
    made = await propose(estate, other, "firm", "switch_off")
    change_id = made.body["change_id"]
    body = {"approve": approve, "reason": "已核实"}
    path = f"{CHANGES}/{change_id}/decision"
    return Ask(path, body, by="admin", subject=change_id)


async def merchant_refused(estate: Estate) -> Ask:
    return await merchant_decided(estate, approve=False)
