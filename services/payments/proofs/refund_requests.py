"""Projection of the journals in refunds by hand: each came back once, as it was reserved."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import REFUNDS, Journal, posted, receivable, subjects
from services.payments.models import PaymentWay, amounts_of
from services.payments.receipts import store as receipts_store
from services.payments.receipts.models import Receipt
from services.payments.refund_requests import store
from services.payments.refund_requests.models import RefundRequest, Reserve
from services.payments.refund_requests.states import RefundRequestState
from services.payments.refunds import store as refunds_store
from services.payments.refunds.models import Refund

S = RefundRequestState
FREED: Final = frozenset({S.REFUSED, S.WITHDRAWN})
SENT: Final = frozenset({S.APPROVED, S.DONE})


class Books(Struct, kw_only=True):
    """What the books hold of some requests. `journals`: request → those that book it."""

    requests: dict[str, RefundRequest]
    journals: dict[str, list[Journal]]
    refunds: dict[str, Refund]
    reversals: dict[str, list[Receipt]] = field(default_factory=dict)
    reserves: dict[str, Reserve] = field(default_factory=dict)
    reserved: dict[str, Counter[str]] = field(default_factory=dict)


def touched(journal: Journal) -> list[str]:
    """Return the request of which a journal says that its money came back."""
    name = journal.reference.get("request")
    return [name] if name and journal.kind in REFUNDS else []


async def known(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await store.find_many(deps.db, ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each request that says something else than journals and reserves."""
    books = await _books(deps, ids)
    return [f"refund by hand {each}: {line}" for each in ids for line in _of_one(each, books)]


async def _books(deps: Dependencies, ids: Sequence[str]) -> Books:
    requests = await store.find_many(deps.db, ids)
    accounts = {receivable(x.bill_id) for each in requests.values() for x in each.lines}
    journals: dict[str, list[Journal]] = defaultdict(list)
    for journal in await ledger.on_accounts(deps, sorted(accounts)):
        for name in touched(journal):
            journals[name].append(journal)
    payments = sorted({each.payment for each in requests.values()})
    reversals: dict[str, list[Receipt]] = defaultdict(list)
    for reversal in await receipts_store.reversals_of_many(deps.db, payments):
        reversals[reversal.reverses].append(reversal)
    return Books(
        requests=requests,
        journals=journals,
        refunds=await refunds_store.find_many(deps.db, _sent(requests)),
        reversals=reversals,
        reserves=await store.reserves(deps.db, payments),
        reserved=_reserved(await store.of_payments(deps.db, payments)),
    )


def _sent(requests: Mapping[str, RefundRequest]) -> list[str]:
    return [each.refund for each in requests.values() if each.refund]


def _reserved(requests: Sequence[RefundRequest]) -> dict[str, Counter[str]]:
    """Return payment → bill → what its requests reserve, in fen."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for request in requests:
        if request.state not in FREED:
            found[request.payment].update(amounts_of(request.lines))
    return found


def _of_one(request_id: str, books: Books) -> Iterator[str]:
    request = books.requests.get(request_id)
    if request is None:
        yield "is not there, and a journal says that its money came back"
        return
    amounts, own = amounts_of(request.lines), books.journals.get(request_id, [])
    if sum(amounts.values()) != request.amount_fen:
        yield f"of {request.amount_fen} fen, and its bills come to {sum(amounts.values())}"
    if len(own) != (request.state is S.DONE):
        yield f"{request.state}, and {len(own)} journals say that its money came back"
    for journal in own:
        said = {x: posted(journal, receivable(x)) for x in subjects(journal, "receivable")}
        if said != amounts:
            yield f"of {amounts}, and {journal.id} books {said}"
    yield from _of_refund(request, books.refunds.get(request.refund))
    yield from _of_receipt(request, books.reversals.get(request.payment, []))
    kept = books.reserves.get(request.payment, Reserve(id=request.payment))
    reserved = books.reserved.get(request.payment, Counter())
    if Counter(kept.fen) != reserved:
        yield f"{dict(reserved)} are asked back of its payment, and {kept.fen} are reserved"


def _of_refund(request: RefundRequest, refund: Refund | None) -> Iterator[str]:
    """Yield what the refund at WeChat says of a request that the request does not."""
    is_sent = request.way is PaymentWay.WECHAT and request.state in SENT
    if is_sent != (refund is not None):
        yield f"{request.state}, and its refund at WeChat is {request.refund or 'none'}"
    elif refund is not None and (refund.request, refund.lines) != (request.id, request.lines):
        yield f"{refund.id} gives back other bills or amounts"


def _of_receipt(request: RefundRequest, reversals: Sequence[Receipt]) -> Iterator[str]:
    """Yield what of a refund that is back the receipt does not say."""
    if request.state is S.DONE and not any(x.lines == request.lines for x in reversals):
        yield "the receipt of its payment is not reversed by it"


REFUND_REQUESTS: Final = Projection(
    name="refunds by hand", touched=touched, known=known, some=some, problems=problems
)
