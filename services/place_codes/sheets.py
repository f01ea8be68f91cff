"""Sheets of place codes: one page each, to hang at a door, a lift or a pump.

The code is an address of ours that WeChat opens in the mini-program
(docs/decisions/44-place-codes.md). Source:
developers.weixin.qq.com/miniprogram/introduction/qrcode.html
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors, sheets
from services.kernel.acts import Act
from services.kernel.deferred import deferred
from services.kernel.paths import ancestors, in_order
from services.kernel.permissions import Actor, Permission
from services.kernel.sheets import PaperTooLong, QrCode, Sheet, Text
from services.place_codes import store
from services.place_codes.models import TOKEN, PlaceCode, SheetsQuery
from services.places import actions as places

if TYPE_CHECKING:
    from services.kernel import papers
else:
    papers = deferred("services.kernel.papers")

CODE_WIDTH: Final = 110  # mm: read from a step and a half away
INVITES: Final = Text("微信扫一扫,马上报修", large=True)
# For whoever has no WeChat at hand, or no signal in the lift.
CALLS: Final = "打不开?请拨打 {}"
HELPS: Final = Text("位置已经填好,不用写地址", large=True)


class NoPlaceCodes(errors.Conflict):
    """There is no such code in use at this place or below it."""

    code = "no_place_codes"


def address_of(deps: Dependencies, token: str) -> str:
    """Return what a printed code says: an address that leads into the mini-program."""
    return f"{deps.public_url}/c/{token}"


async def printed(deps: Dependencies, actor: Actor, place: str, query: SheetsQuery) -> bytes:
    """Return the sheets of the codes in use at a place and below it, as PDF.

    Raises NotFound, NoPlaceCodes, PaperTooLong.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_CODES)
    most = sheets.MOST_PAGES
    codes = await store.in_use_under(deps.db, place, query, limit=most + 1)
    if len(codes) > most:
        raise PaperTooLong(f"一次最多打印 {most} 张,请按楼栋或单元打印", most=most)
    if not codes:
        raise NoPlaceCodes("这里还没有使用中的报修码,请先添加")
    addresses = await places.addresses(deps, sorted({code.place for code in codes}))
    codes.sort(key=lambda code: (in_order(code.place), in_order(code.label), code.id))
    lines = await _lines(deps, codes)
    pages = [_sheet(deps, code, addresses.get(code.place, ""), lines) for code in codes]
    made = await asyncio.to_thread(lambda: papers.pdf(f"{found.name}报修码", pages))

    async def note(tx: Transaction) -> None:
        act, count = Act.PLACE_CODES_PRINTED, len(codes)
        await audit.record(deps, tx, actor, act, place=place, codes=count)

    await deps.in_transaction(note)
    return made


async def _lines(deps: Dependencies, codes: Sequence[PlaceCode]) -> dict[str, Text]:
    """Return compound → whom to call there; without those of which no number is known.

    The firm that serves it today, else its own office, else the community's. Two queries each.
    """
    found: dict[str, Text] = {}
    for compound in sorted({places.compound_of(code.place) for code in codes}):
        contract = await contracts.holding(deps, compound)
        above = await places.find_many(deps, ancestors(compound))
        offices = [each.contact for each in (contract, *reversed(above)) if each]
        if line := next(filter(None, offices), None):
            found[compound] = Text(CALLS.format(line.phone), large=True)
    return found


def _sheet(
    deps: Dependencies, code: PlaceCode, address: str, lines: Mapping[str, Text]
) -> Sheet:
    token = TOKEN.open(deps.vault, code.id, code.token_sealed)
    shown = QrCode(address_of(deps, token), width=CODE_WIDTH)
    parts = (Text(address, large=True), shown, INVITES, HELPS)
    line = lines.get(places.compound_of(code.place))
    return Sheet(code.label, parts + ((line,) if line else ()))
