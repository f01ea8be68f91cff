"""One-time codes on paper, printed for people of the register who are not bound yet.

Only a keyed fingerprint is kept. A code opens exactly the residency it was printed for.
"""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.audit import actions as audit
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.home_codes import store
from services.home_codes.models import CODE_LIFE, HomeCode, PrintedCode, PrintedCodes, UseCode
from services.home_codes.states import TABLE, CodeAction
from services.homes import household, views
from services.homes.household import Household
from services.homes.models import Bound
from services.kernel import errors, interests, masking
from services.kernel.acts import Act
from services.kernel.documents import ALPHABET, encode
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies import sealed
from services.residencies.models import Residency, Way

CODE_BITS: Final = 50
CODE_LENGTH: Final = 10
MOST_CODES: Final = 2000  # at once: some ten stairs of paper, and one short transaction
LOOKALIKES: Final = str.maketrans("OIL", "011")


class TooManyCodes(errors.InvalidInput):
    """Print for a building or a unit instead. `most` in details."""

    code = "too_many_codes"
    details_type = errors.Most


class CodeUnknown(errors.NotFound):
    """No code reads like this; or it was printed anew."""

    code = "home_code_unknown"


class CodeOver(errors.Conflict):
    """The code is too old, revoked or used, or its resident is bound already or gone."""

    code = "home_code_over"


async def print_codes(deps: Dependencies, actor: Actor, place: str) -> PrintedCodes:
    """New codes for all residents under a place who are not bound; earlier codes end.

    Not for those at a home of the actor's own: whoever prints a code holds it. Raises
    TooManyCodes, and OwnHome where there is no other home.
    """
    require_at(actor, Permission.DECIDE_HOMES, place)
    await places.get(deps, place)
    now, own = deps.now(), interests.homes_of(actor)
    interests.require_not_own(actor, [place])

    async def save(tx: Transaction) -> tuple[list[tuple[Residency, str]], int]:
        rows = await residencies.unbound_under(deps, tx, place, limit=MOST_CODES + 1)
        if len(rows) > MOST_CODES:
            raise TooManyCodes("一次打印太多了,请按楼栋或单元打印", most=MOST_CODES)
        drawn = [(row, _draw()) for row in rows if row.home not in own]
        codes = [_fresh(deps, actor, row, code, now) for row, code in drawn]
        await store.put(deps.db, tx, codes)
        await places.use(deps, sorted({row.home for row, _ in drawn}), tx=tx)
        await audit.record(deps, tx, actor, Act.CODES_PRINTED, place=place, codes=len(drawn))
        return drawn, len(rows) - len(drawn)

    drawn, left_out = await deps.in_transaction(save)
    codes = await _printed(deps, drawn)
    return PrintedCodes(expires_at=now + CODE_LIFE, codes=codes, left_out=left_out)


def _draw() -> str:
    """Return a code as it is printed: 7K3QM-X9D2T, 50 random bits."""
    code = encode(secrets.randbits(CODE_BITS), CODE_LENGTH).upper()
    return f"{code[:5]}-{code[5:]}"


def _fresh(
    deps: Dependencies, actor: Actor, row: Residency, code: str, now: datetime
) -> HomeCode:
    return HomeCode(
        residency=row.id,
        home=row.home,
        code_index=_index(deps, code),
        printed_by=actor.person_id,
        printed_at=now,
        expires_at=now + CODE_LIFE,
    )


async def _printed(
    deps: Dependencies, drawn: Sequence[tuple[Residency, str]]
) -> list[PrintedCode]:
    addresses = await places.addresses(deps, sorted({row.home for row, _ in drawn}))
    return [
        PrintedCode(
            address=addresses.get(row.home, row.home),
            name_masked=masking.name(sealed.name_of(deps, row)),
            relation=row.relation,
            code=code,
        )
        for row, code in drawn
    ]


def read(typed: str) -> str:
    """Return the characters of a code however it was typed; "" for what is none.

    Capitals, blanks and dashes do not matter, nor does O for 0 or I and L for 1 (Crockford's
    base 32), nor the wide letters of a Chinese keyboard.
    """
    plain = unicodedata.normalize("NFKC", typed).upper().translate(LOOKALIKES)
    code = "".join(c for c in plain if c.isalnum()).lower()
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def _index(deps: Dependencies, typed: str) -> str:
    return deps.vault.blind(read(typed), purpose="home-code")


async def use(deps: Dependencies, actor: Actor, wish: UseCode) -> Bound:
    """Home of the residency a code was printed for, bound to the actor; twice is once.

    Raises CodeUnknown, CodeOver, OwnHome, ConsentNeeded.
    """
    await consents.check(deps, actor.person_id)
    code = await store.find_by_code(deps.db, _index(deps, wish.code))
    if code is None:
        raise CodeUnknown("绑定码不对,或已换成新的,请核对后再输入")
    if code.printed_by == actor.person_id:
        raise interests.OwnHome("自己打印的绑定码要由别人使用,请让同事办理")

    async def save(tx: Transaction) -> Bound:
        await consents.require(deps, tx, actor.person_id)
        home = await household.hold(deps, tx, code.home)
        # as it is now: the same code sent twice at once is the same wish
        found = await store.find_by_code(deps.db, code.code_index, tx=tx) or code
        row = _row_of(home, found)
        repeated = found.used_by == actor.person_id == row.person
        if not repeated:
            row = await _bind(deps, tx, actor, found, row)
        facts = {"place": row.home, "subject": row.id}
        await audit.record(
            deps, tx, actor, TABLE.act(CodeAction.USE), **facts, repeated=repeated
        )
        return views.bound(home, row)

    return await deps.in_transaction(save)


def _row_of(home: Household, code: HomeCode) -> Residency:
    row = next((row for row in home.rows if row.id == code.residency), None)
    if row is None:
        raise CodeOver("绑定码已失效,请联系社区")
    return row


async def _bind(
    deps: Dependencies, tx: Transaction, actor: Actor, code: HomeCode, row: Residency
) -> Residency:
    if row.person is not None:
        raise CodeOver("这位住户已经绑定,请联系社区")
    if not await store.use(deps.db, tx, code, actor.person_id, deps.now()):
        raise CodeOver("绑定码已失效,请联系社区")
    return await residencies.bind(deps, tx, row, actor.person_id, way=Way.CODE)


async def revoke(deps: Dependencies, tx: Transaction, residency_ids: Sequence[str]) -> None:
    """Revoke the open codes of residencies: their phone changed, or they ended."""
    await store.revoke(deps.db, tx, residency_ids)
