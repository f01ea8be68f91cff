"""Sheets of reminder letters: what is owed, since when, how to pay, whom to ask; no threat.

Source: 民法典 art. 944, 2: who is late is asked to pay within a reasonable time. Names are
masked: a paper passes through other hands.
"""

import asyncio
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from services.audit import actions as audit
from services.demands import views
from services.demands.letters import store
from services.demands.letters.models import EXPORT, Letter
from services.demands.rounds import actions as rounds
from services.dependencies import Dependencies, Transaction
from services.exports import actions as exports
from services.exports.files import Writer
from services.exports.models import KEPT, Export, ExportView
from services.firms import contracts
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import day_of
from services.kernel.deferred import deferred
from services.kernel.money import capital_yuan, yuan
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor
from services.kernel.sheets import Facts, PaperTooLong, Sheet, Text
from services.places import actions as places

if TYPE_CHECKING:
    from services.kernel import papers
else:
    papers = deferred("services.kernel.papers")

TITLE: Final = "催缴通知书"
ZIP: Final = "application/zip"
# A letter is a page, or two with very many bills: a file of these has at most 200 pages.
LETTERS_AT_ONCE: Final = 60
GREETING: Final = "您好!下列费用已过缴费期限,还没有收到您的缴款,特此提醒。"
ASKS: Final = (
    "请您在收到本通知后{days}日内缴纳。刚刚缴过的,请不用理会。"
    "如对费用有疑问,或家中有困难,请联系我们,可以协商分期或其他办法。"
)
PAYS: Final = "微信小程序“三长通”的“我的账单”,或到收款单位的收费处"
SIGNS: Final = Text("送达人:____________    送达日期:____________    签收人:____________")


class NoLetters(errors.Conflict):
    """The round made no letters, or does not do so yet."""

    code = "no_demand_letters"


def said(letter: Letter) -> str:
    """Return what a letter says, in words."""
    lines = [f"{line.title}{yuan(line.owed_fen)}元(期限{line.due_on})" for line in letter.lines]
    total = f"合计{yuan(letter.amount_fen)}元({capital_yuan(letter.amount_fen)})"
    asks = ASKS.format(days=letter.pay_within)
    return f"{GREETING}{'、'.join(lines)},{total}。{asks}{letter.note}"


def sheet(letter: Letter, address: str, debtors: Sequence[str], asked: str) -> Sheet:
    """Return the sheet of a letter. `asked`: whom to call."""
    lines = [
        (line.kind.label, f"{line.title} {yuan(line.owed_fen)}元,期限 {line.due_on}")
        for line in letter.lines
    ]
    payees = sorted({line.payee_name for line in letter.lines})
    about = [
        ("编号", letter.id),
        ("致", "、".join(debtors) or "业主"),
        ("房屋", address),
    ]
    total = [
        ("合计", f"{yuan(letter.amount_fen)}元"),
        ("人民币大写", capital_yuan(letter.amount_fen)),
        ("最早期限", letter.since),
        ("收款单位", "、".join(payees)),
        ("缴费方式", PAYS),
        ("咨询", asked or "请联系收款单位或社区"),
        ("日期", day_of(letter.made_at)),
    ]
    closing = ASKS.format(days=letter.pay_within) + letter.note
    tables = Facts(tuple(about)), Facts(tuple(lines)), Facts(tuple(total))
    return Sheet(TITLE, (tables[0], Text(GREETING), *tables[1:], Text(closing), SIGNS))


async def printed(deps: Dependencies, actor: Actor, round_id: str) -> bytes:
    """Return the letters of a round as PDF. Raises NotFound, NoLetters, PaperTooLong."""
    found = await rounds.access(deps, actor, round_id)
    letters = await store.of_round(deps.db, found.id, after="", limit=LETTERS_AT_ONCE + 1)
    if not letters:
        raise NoLetters("这次催缴没有通知书,或还在准备")
    if len(letters) > LETTERS_AT_ONCE:
        message = f"一次最多打印 {LETTERS_AT_ONCE} 份,请导出文件后打印"
        raise PaperTooLong(message, most=LETTERS_AT_ONCE)
    made = await _pdf(deps, letters)

    async def note(tx: Transaction) -> None:
        about = {"place": found.place, "subject": found.id}
        act, count = Act.DEMAND_LETTERS_PRINTED, len(letters)
        await audit.record(deps, tx, actor, act, **about, letters=count)

    await deps.in_transaction(note)
    return made


async def _pdf(deps: Dependencies, letters: Sequence[Letter]) -> bytes:
    homes = sorted({letter.home for letter in letters})
    addresses = await places.addresses(deps, homes)
    known = await views.names(deps, homes, [d for letter in letters for d in letter.debtors])
    asked = await _lines(deps, homes)
    sheets = [
        sheet(
            letter,
            addresses.get(letter.home, letter.home),
            views.named(letter.debtors, known),
            asked.get(places.compound_of(letter.home), ""),
        )
        for letter in letters
    ]
    return await asyncio.to_thread(lambda: papers.pdf(TITLE, sheets))


async def _lines(deps: Dependencies, homes: Sequence[str]) -> Mapping[str, str]:
    """Return compound → whom to call there: the firm that serves it, else the office."""
    found: dict[str, str] = {}
    for compound in sorted({places.compound_of(home) for home in homes}):
        contract = await contracts.holding(deps, compound)
        above = await places.find_many(deps, ancestors(compound))
        offices = [each.contact for each in (contract, *reversed(above)) if each]
        if line := next(filter(None, offices), None):
            found[compound] = f"{line.phone}({line.hours})"
    return found


async def export(deps: Dependencies, actor: Actor, round_id: str) -> ExportView:
    """Ask for all letters of a round as one file. Raises NotFound, NoLetters."""
    found = await rounds.access(deps, actor, round_id)
    if not await store.of_round(deps.db, found.id, after="", limit=1):
        raise NoLetters("这次催缴没有通知书,或还在准备")
    wish = Export(
        id=deps.new_id(),
        person=actor.person_id,
        kind=EXPORT,
        title=TITLE,
        subject=found.id,
        filename=f"{TITLE}-{deps.today()}.zip",
        content_type=ZIP,
        created_at=deps.now(),
        expires_at=deps.now() + KEPT,
    )
    return await exports.ask(deps, actor, wish, place=found.place)


async def write(deps: Dependencies, actor: Actor, writer: Writer) -> None:
    """Write the file of a round: PDFs of some letters each, as whoever asked may see them."""
    found = await rounds.access(deps, actor, writer.export.subject)
    packed, after, count = io.BytesIO(), "", 0
    limit = LETTERS_AT_ONCE
    with zipfile.ZipFile(packed, "w") as archive:
        while letters := await store.of_round(deps.db, found.id, after=after, limit=limit):
            # one instant for all: the same letters are the same file
            name = zipfile.ZipInfo(f"{TITLE}{count // limit + 1:03d}.pdf")
            archive.writestr(name, await _pdf(deps, letters))
            count += len(letters)
            after = f"{letters[-1].home} {letters[-1].id}"
            await writer.progress(count)
    await writer.write(packed.getvalue())
    await writer.finish(rows=count, complete=True)


EXPORTS: Final = {EXPORT: write}
