"""Control API of merchants, certificates, tokens, pushes, refunds, bills and media checks."""

from typing import Any

import msgspec

from sandbox import cases
from sandbox.control.gate import Refused, Wish, program, read
from sandbox.keys import Merchant
from sandbox.mini_program import push, security, tokens
from sandbox.mini_program.push import PushCraft
from sandbox.pay import notices, refunds
from sandbox.pay.notices import GENUINE, Craft
from sandbox.pay.views import refund_view
from sandbox.records import (
    BillEdit,
    MediaPlan,
    MerchantSettings,
    PushTarget,
    Refund,
    RefundStatus,
)
from sandbox.reshape import merged
from sandbox.web import Answer, Call
from sandbox.world import World


class EvictWish(Wish):
    app: str = "mini_program"


class SettleWish(Wish):
    status: RefundStatus = RefundStatus.SUCCESS
    mchid: str = ""
    notify: bool = True
    notify_fault: Craft = GENUINE


class PushWish(PushCraft, kw_only=True, frozen=True, forbid_unknown_fields=True):
    event: dict[str, Any]
    app: str = "mini_program"
    copies: int = 1


def _merchant(world: World, key: str) -> Merchant:
    found = next((m for m in world.keys.merchants.values() if key in (m.key, m.mchid)), None)
    if found is None:
        raise Refused(f"no merchant {key!r}")
    return found


async def change_merchant(world: World, call: Call) -> Answer:
    """Set grey_share, certificates, balance_fen, combines; answer them and the public key."""
    merchant = _merchant(world, call.params["key"])
    known = msgspec.to_builtins(world.merchant_settings(merchant))
    wish = read(call, dict[str, Any])
    try:
        settings = msgspec.convert(merged(known, wish), MerchantSettings)
    except msgspec.ValidationError as error:
        raise Refused(str(error)) from error
    world.settings.merchants[merchant.mchid] = settings
    world.save_settings()
    public = world.keys.platform.public_keys[merchant.mchid]
    shown = {"public_key_id": public.id, "public_key_pem": public.public_key_pem}
    return Answer.json({**msgspec.to_builtins(settings), "mchid": merchant.mchid, **shown})


async def rotate_certificate(world: World, _call: Call) -> Answer:
    return Answer.json({"serial": world.keys.rotate_certificate(world.clock.now()).serial})


async def evict_tokens(world: World, call: Call) -> Answer:
    tokens.evict(world, program(world, read(call, EvictWish).app))
    return Answer.json({})


async def configure_push(world: World, call: Call) -> Answer:
    world.settings.push = read(call, PushTarget)
    world.save_settings()
    return Answer.json(world.settings.push)


async def send_push(world: World, call: Call) -> Answer:
    """Send one push (or several copies) now: {"event": …} or the event's fields."""
    wish = _push_wish(call)
    app = program(world, wish.app)
    base = push.event_of(world, app, str(wish.event.get("Event", "")), "")
    names = PushCraft.__struct_fields__
    craft = PushCraft(**{name: getattr(wish, name) for name in names})
    sent = [await push.send(world, app, base | wish.event, craft) for _ in range(wish.copies)]
    shown = [{"status": r.status, "body": r.text} for r in sent]
    return Answer.json({"pushes": shown})


def _push_wish(call: Call) -> PushWish:
    fields = read(call, dict[str, Any])
    if "event" not in fields:
        options = {k: v for k, v in fields.items() if k in PushWish.__struct_fields__}
        rest = {k: v for k, v in fields.items() if k not in options}
        fields = {**options, "event": rest}
    try:
        return msgspec.convert(fields, PushWish)
    except msgspec.ValidationError as error:
        raise Refused(str(error)) from error


def _refund(world: World, number: str, mchid: str) -> Refund:
    rows = world.store.refunds.rows.values()
    found = [r for r in rows if r.out_refund_no == number and mchid in ("", r.mchid)]
    if len(found) != 1:
        raise Refused(f"{len(found)} refunds have the number {number!r}")
    return found[0]


async def show_refund(world: World, call: Call) -> Answer:
    number, mchid = call.params["out_refund_no"], call.query.get("mchid", "")
    refund = _refund(world, number, mchid)
    return Answer.json({**refund_view(world.store, refund), "request": refund.request})


async def settle_refund(world: World, call: Call) -> Answer:
    """Conclude a refund now, whatever its plan."""
    wish = read(call, SettleWish)
    refund = _refund(world, call.params["out_refund_no"], wish.mchid)
    if refund.status in (RefundStatus.SUCCESS, RefundStatus.CLOSED):
        raise Refused(f"the refund is {refund.status} already")
    sent = await refunds.settle(
        world, refund, wish.status, notify=wish.notify, craft=wish.notify_fault
    )
    return Answer.json({"status": refund.status, "notices": sent})


async def notify_refund(world: World, call: Call) -> Answer:
    """Send one crafted refund notice now, outside of the retry plan."""
    craft = read(call, Craft)
    refund = _refund(world, call.params["out_refund_no"], call.query.get("mchid", ""))
    reply = await notices.send(world, refunds.notice_event(world, refund), craft)
    return Answer.json({"status": reply.status, "body": reply.text})


async def conclude_media_check(world: World, call: Call) -> Answer:
    """Push the verdict of a media check now, whatever its plan; a second call pushes again."""
    check = world.store.media_checks.get(call.params["trace_id"])
    if check is None:
        raise Refused("no such media check")
    security.apply_plan(check, read(call, MediaPlan))
    return Answer.json({"pushes": await security.push_result(world, check)})


async def edit_bill(world: World, call: Call) -> Answer:
    edit = read(call, BillEdit)
    merchant = _merchant(world, edit.mchid)
    key = f"{merchant.mchid}/{edit.bill_date}/{edit.kind}"
    world.store.bill_edits.save(key, edit)
    return Answer.json({})


async def show_cases(_world: World, _call: Call) -> Answer:
    return Answer.json(cases.shown())


ROUTES = [
    ("POST", "/__ctl/merchants/{key}", change_merchant),
    ("POST", "/__ctl/certificates/rotate", rotate_certificate),
    ("POST", "/__ctl/tokens/evict", evict_tokens),
    ("POST", "/__ctl/push", configure_push),
    ("POST", "/__ctl/push/send", send_push),
    ("GET", "/__ctl/refunds/{out_refund_no}", show_refund),
    ("POST", "/__ctl/refunds/{out_refund_no}/settle", settle_refund),
    ("POST", "/__ctl/refunds/{out_refund_no}/notify", notify_refund),
    ("POST", "/__ctl/media-checks/{trace_id}", conclude_media_check),
    ("POST", "/__ctl/bills", edit_bill),
    ("GET", "/__ctl/cases", show_cases),
]
