"""Drafts of repairs: drawn up by the contract and terms of today, and begun."""

from typing import Any, Final

import msgspec

from services.cases import actions as cases
from services.cases import deadlines, ladder, numbers
from services.cases.parties import actions as parties
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors
from services.kernel.permissions import Actor
from services.places import actions as places
from services.repairs import notify, store
from services.repairs.boards import keys
from services.repairs.categories import actions as categories
from services.repairs.categories.models import Category, Scope
from services.repairs.classes import Danger
from services.repairs.kind import COMPLETION, REPAIR, RESPONSE, for_wish
from services.repairs.models import Part, Repair
from services.repairs.outages import attachments
from services.repairs.quotes import guarantees
from services.repairs.reporters import contents
from services.repairs.states import RepairState
from services.repairs.terms import actions as terms

SCOPES: Final = {Part.HOME: Scope.HOME, Part.COMMON: Scope.COMMON}


class WrongPart(errors.InvalidInput):
    """The category is not one of homes, or not one of what all share."""

    code = "repair_wrong_part"


async def choose(deps: Dependencies, place: str, part: Part, code: str) -> Category:
    """Return a category of today for a part. Raises WrongPart, CategoryUnknown, -Ended."""
    category = await categories.choose(deps, place, code, today=deps.today())
    if category.scope not in {Scope.BOTH, SCOPES[part]}:
        if part is Part.HOME:
            raise WrongPart("这是楼道等公共部位的问题,请选单元后再报")
        raise WrongPart("这是家里的问题,请选自己的家后再报")
    return category


async def draw_up(
    deps: Dependencies, place: str, part: Part, code: str, danger: Danger, **fields: Any
) -> Repair:
    """Return a repair that begins now, by today's contract and terms; without its number."""
    contract = await contracts.holding(deps, places.compound_of(place))
    contract_id = contract.id if contract else ""
    rule = await terms.of(deps, place, code, danger, contract_id=contract_id, day=deps.today())
    now = deps.now()
    spans = {RESPONSE: rule.response, COMPLETION: rule.completion}
    clocks = await deadlines.begin(deps, place, now, spans)
    clocks = await for_wish(deps, place, clocks, fields.get("wish"))
    return Repair(
        id=deps.new_id(),
        number="",
        place=place,
        part=part,
        category=code,
        reported_category=code,
        danger=danger,
        state=RepairState.REPORTED,
        created_at=now,
        entered_at=now,
        steps=1,
        firm=contract.firm if contract else "",
        contract=contract_id,
        terms=rule.version_id,
        clocks=clocks,
        due_at=clocks[RESPONSE].due_at,
        **fields,
    )


async def complete(deps: Dependencies, draft: Repair) -> tuple[Repair, set[str]]:
    """Return a draft with the guarantee it is under, and who hands repairs out there."""
    guarantee = await guarantees.source_of(deps, draft)
    draft = msgspec.structs.replace(draft, guarantee_of=guarantee)
    return draft, await ladder.first_people(deps, REPAIR, draft)


async def begin(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    draft: Repair,
    told: set[str],
    *,
    reporter: str | None,
) -> Repair:
    """Insert a complete draft, and start what runs from a report on; return it.

    `reporter`: the person who is told and asked, or who wrote it down for somebody; None where
    no person is. Raises NotFound for a place that is gone, and for photos that are not the
    actor's.
    """
    if not await places.use(deps, [draft.place], tx=tx):
        raise errors.NotFound(places.MISSING)
    await contents.attach(deps, tx, actor, draft, draft.photo_ids)
    made = await _numbered(deps, draft)
    made.outage = await attachments.attach(deps, tx, made.place, made.category)
    await store.insert(deps.db, tx, made)
    await contents.submit(deps, tx, actor.person_id, made)
    if reporter is not None:
        await parties.add_reporter(deps, tx, REPAIR, made)
    await cases.begin(deps, tx, actor, REPAIR, made)
    await notify.reported(deps, tx, made, sorted(told - {actor.person_id}))
    return made


async def _numbered(deps: Dependencies, draft: Repair) -> Repair:
    """Return a copy of a draft with its number and its keys, when nothing refuses it any more.

    The transaction may run twice: each run has a copy of its own, and all have one number.
    """
    draft.number = draft.number or await numbers.draw(deps, REPAIR, draft.place)
    return msgspec.structs.replace(draft, **await keys.of(deps, draft))
