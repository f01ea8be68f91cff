"""Actions on terms of repairs: a new version from a day on, and which one counts for a ticket.

A ticket keeps the deadlines that it was given when it was filed: a version that comes later
moves none of them.
"""

import msgspec
from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import Day, check_day
from services.kernel.documents import digest_id
from services.kernel.pages import Page
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import Kind
from services.repairs.categories import actions as categories
from services.repairs.classes import Danger
from services.repairs.terms import store, views
from services.repairs.terms.defaults import DEFAULTS
from services.repairs.terms.models import (
    Allowance,
    NewTerms,
    Terms,
    TermsQuery,
    TermsVersion,
    TermsView,
)
from services.repairs.terms.precedence import strongest
from services.working_time.models import Pace, Span


class BadTerms(errors.InvalidInput):
    """Terms stand on a city or a compound, from today on, and name what is there.

    Both spans or none. What is dangerous or urgent does not wait for working hours.
    """

    code = "bad_repair_terms"


class TermsMovedOnDetails(Struct, frozen=True, kw_only=True):
    """Latest version that is there.

    `version`: Number of the latest version; 0 for none.
    """

    version: int


class TermsMovedOn(errors.Conflict):
    """Somebody else wrote a version meanwhile: look again."""

    code = "repair_terms_moved_on"
    details_type = TermsMovedOnDetails


async def of(
    deps: Dependencies,
    place: str,
    category_code: str,
    danger: Danger,
    *,
    contract_id: str,
    day: Day,
) -> Terms:
    """Return the terms of a ticket that is filed on a day at a place.

    `contract_id`: contract of the firm that serves the compound; "" where none does. One
    query; a second for the groups of the category, where some version names a category.
    """
    scope = {"contract_id": contract_id, "day": day}
    version = await version_of(deps, place, category_code, danger, **scope)
    return terms_of(version, danger)


async def version_of(
    deps: Dependencies,
    place: str,
    category_code: str,
    danger: Danger,
    *,
    contract_id: str,
    day: Day,
) -> TermsVersion | None:
    """Return the version that counts on a day at a place; None for the product's own terms.

    `category_code`: "" for what counts for all that have no terms of their own.
    """
    levels = sorted({ancestors(place)[0], places.compound_of(place)})
    found = await store.begun(deps.db, levels, contract_id, danger, day)
    line = [category_code]
    if category_code and any(version.category for version in found):
        line = await categories.line(deps, place, category_code)
    return strongest(found, line)


def terms_of(version: TermsVersion | None, danger: Danger) -> Terms:
    """Return what a version says of a class of danger, or else the product's own."""
    if version is None or version.response is None or version.completion is None:
        return DEFAULTS[danger]
    return Terms(
        response=version.response, completion=version.completion, version_id=version.id
    )


async def write(deps: Dependencies, actor: Actor, place: str, request: NewTerms) -> TermsView:
    """Write the next version of the terms of a scope. Of two at once, the first counts.

    Raises NotFound, InvalidInput, BadTerms, TermsMovedOn.
    """
    found = await places.access_place(deps, actor, place, Permission.MANAGE_REPAIR_RULES)
    if found.kind not in {Kind.CITY, Kind.COMPOUND}:
        raise BadTerms("时限请设在全市或小区上")
    _check(deps, request)
    await _check_named(deps, place, request)
    new = _draft(deps, actor, place, request)

    async def save(tx: Transaction) -> TermsVersion:
        return await _put(deps, tx, actor, new)

    try:
        written = await deps.in_transaction(save)
    except DuplicateKeyError:  # somebody was first: now it is seen
        written = await deps.in_transaction(save)
    [view] = await views.views(deps, [written])
    return view


async def _put(
    deps: Dependencies, tx: Transaction, actor: Actor, new: TermsVersion
) -> TermsVersion:
    """Insert a version behind the latest of its scope; the same again is the same."""
    if not await places.use(deps, [new.place], tx=tx):
        raise errors.NotFound("没有找到这个地方")
    last = await store.latest(deps.db, tx, new)
    number = last.version if last else 0
    if last is not None and _same(last, new):
        about = {"place": last.place, "subject": last.id}
        await audit.record(deps, tx, actor, Act.REPAIR_TERMS_SET, **about, again=True)
        return last
    if number != new.version - 1:
        raise TermsMovedOn("刚刚有人改过,请刷新后再试", version=number)
    await store.insert(deps.db, tx, new)
    said = ("contract", "category", "danger", "version", "from_day")
    facts = {name: getattr(new, name) for name in said}
    about = {"place": new.place, "subject": new.id}
    await audit.record(deps, tx, actor, Act.REPAIR_TERMS_SET, **about, **facts)
    return new


def _check(deps: Dependencies, request: NewTerms) -> None:
    if check_day(request.from_day) < deps.today():
        raise BadTerms("开始日期不能早于今天")
    response, completion = request.response, request.completion
    if (response is None) != (completion is None):
        raise BadTerms("响应时限和完成时限请一起填写,或都不填")
    if response is None or completion is None:
        return
    if request.danger.pace is Pace.CONTINUOUS and Pace.WORKING in {
        response.pace,
        completion.pace,
    }:
        raise BadTerms("危险和紧急的报修要全天候计时")
    if response.pace is completion.pace and completion.minutes < response.minutes:
        raise BadTerms("完成时限不能短于响应时限")


async def _check_named(deps: Dependencies, place: str, request: NewTerms) -> None:
    """Raise unless the category and the contract are there; those of later days, too."""
    if request.category and not await categories.line(deps, place, request.category):
        raise BadTerms("没有这个报修类别")
    if request.contract_id is not None:
        signed = await contracts.of_compound(deps, place)
        if request.contract_id not in {contract.id for contract in signed}:
            raise BadTerms("这个小区没有这份物业合同")


def _draft(deps: Dependencies, actor: Actor, place: str, request: NewTerms) -> TermsVersion:
    contract, category = request.contract_id or "", request.category or ""
    version = request.after_version + 1
    scope = (place, contract, category, request.danger)
    return TermsVersion(
        id=digest_id("repair_terms", *scope, version),
        place=place,
        contract=contract,
        category=category,
        danger=request.danger,
        version=version,
        from_day=request.from_day,
        response=_span(request.response),
        completion=_span(request.completion),
        set_by=actor.person_id,
        set_at=deps.now(),
    )


def _span(asked: Allowance | None) -> Span | None:
    return None if asked is None else Span(asked.minutes, asked.pace)


def _same(one: TermsVersion, other: TermsVersion) -> bool:
    own = {"set_by": "", "set_at": one.set_at}
    return msgspec.structs.replace(one, **own) == msgspec.structs.replace(other, **own)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: TermsQuery
) -> Page[TermsView]:
    """Return the versions written for a place and below it, also those of other days."""
    await places.access_place(deps, actor, place, Permission.MANAGE_REPAIR_RULES)
    found = await store.page(deps.db, place, query)
    return found.of(await views.views(deps, found.items))
