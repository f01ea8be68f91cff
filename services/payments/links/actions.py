"""Actions on payment links: a relative or neighbour pays, and sees only what is owed.

Whoever has the link sees fee, month and sum, neither home nor people, and pays with their own
WeChat. The receipt is of who asked, who must still be the one to pay when somebody does.
"""

import secrets
from typing import Any, Final

import structlog

from services.audit import actions as audit
from services.bills.models import Bill
from services.bills.states import BillState
from services.bills.views import title_of
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.errors import Forbidden, NotFound
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor
from services.kernel.views import show
from services.payments import actions as payments
from services.payments import orders
from services.payments.links import store
from services.payments.links.models import (
    KEPT_AFTERWARDS,
    LINK_LIFE,
    TOKEN,
    TOKEN_BYTES,
    AskToPay,
    LinkedBill,
    LinkedBills,
    NewPaymentLink,
    OpenLink,
    PayLink,
    PaymentLink,
    PaymentLinkView,
    token_index,
)
from services.payments.links.states import (
    TABLE,
    LinkAction,
    LinkState,
    PaymentLinkOver,
    PaymentLinkUnknown,
    TooManyPaymentLinks,
)
from services.payments.models import Pay, PaymentOrder
from services.payments.refusals import BillAlreadyPaid, require_payable
from services.people import actions as people
from services.people.identity import WeChatBusy
from services.wechat.errors import WeChatError

MOST_OPEN: Final = 20  # of one person
PAGE: Final = "pages/pay/pay"

log = structlog.get_logger(__name__)


async def create(deps: Dependencies, actor: Actor, wish: AskToPay) -> NewPaymentLink:
    """Make a link to bills that the actor pays, all of one payee and fee.

    Raises NotFound, Forbidden for bills that are not theirs to pay, TooManyPaymentLinks, and
    the refusals of bills that cannot be paid together or any more.
    """
    bills = (await orders.read(deps, actor, wish.bill_ids)).bills
    require_payable(bills)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = _draft(deps, actor, bills, token)

    async def save(tx: Transaction) -> None:
        await people.require_open(deps, tx, actor.person_id)
        if await store.count_open(deps.db, tx, actor.person_id, deps.now()) >= MOST_OPEN:
            raise TooManyPaymentLinks("代缴链接太多了,请先收回一些", most=MOST_OPEN)
        await store.insert(deps.db, tx, link)
        about: dict[str, Any] = {"bills": link.bill_ids}
        await _note(deps, tx, actor, Act.PAYMENT_LINK_MADE, link, **about)

    await deps.in_transaction(save)
    page = f"{PAGE}?token={token}"
    return show(link, NewPaymentLink, link_id=link.id, token=token, page=page)


def _draft(deps: Dependencies, actor: Actor, bills: list[Bill], token: str) -> PaymentLink:
    link_id, now = deps.new_id(), deps.now()
    return PaymentLink(
        id=link_id,
        person=actor.person_id,
        token_index=token_index(deps.vault, token),
        token_sealed=TOKEN.seal(deps.vault, link_id, token),
        place=smallest_around([bill.home for bill in bills]),
        bill_ids=[bill.id for bill in bills],
        payee_name=bills[0].payee_name,
        created_at=now,
        expires_at=now + LINK_LIFE,
        forget_at=now + LINK_LIFE + KEPT_AFTERWARDS,
    )


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    act: Act,
    link: PaymentLink,
    **facts: Any,
) -> None:
    await audit.record(deps, tx, actor, act, place=link.place, subject=link.id, **facts)


async def listing(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[PaymentLinkView]:
    """Links of the actor, the newest first; without tokens."""
    found = await store.page(deps.db, actor.person_id, query)
    return found.map(lambda link: show(link, PaymentLinkView, link_id=link.id))


async def picture(deps: Dependencies, actor: Actor, link_id: str) -> bytes:
    """Return the code that opens a link of the actor, PNG or JPEG.

    Raises NotFound, PaymentLinkOver, WeChatBusy.
    """
    link = _own(actor, await store.find(deps.db, link_id))
    _require_open(deps, link)
    token = TOKEN.open(deps.vault, link.id, link.token_sealed)
    try:
        return await deps.wechat.qr_code(token, PAGE)
    except WeChatError as error:
        log.warning("payment_link_not_drawn", errcode=error.errcode, reaction=error.reaction)
        raise WeChatBusy("微信暂时没有回应,请稍后再试", retry_after_seconds=3) from error


def _own(actor: Actor, link: PaymentLink | None) -> PaymentLink:
    return accessible(
        actor, link, people=lambda found: [found.person], missing="没有找到这个代缴链接"
    )


def _require_open(deps: Dependencies, link: PaymentLink) -> None:
    if link.state is not LinkState.OPEN or link.expires_at <= deps.now():
        raise PaymentLinkOver("代缴链接已失效,请让对方重新发一个")


async def withdraw(deps: Dependencies, actor: Actor, link_id: str) -> None:
    """Withdraw a link of the actor; harmless to repeat. Raises NotFound."""

    async def save(tx: Transaction) -> None:
        link = _own(actor, await store.find(deps.db, link_id, tx=tx))
        done = await store.withdraw(deps.db, tx, link.id)
        act = TABLE.act(LinkAction.WITHDRAW)
        await _note(deps, tx, actor, act, link, repeated=not done)

    await deps.in_transaction(save)


async def get(deps: Dependencies, wish: OpenLink) -> LinkedBills:
    """Return what is owed of the bills of a link.

    Raises PaymentLinkUnknown, PaymentLinkOver.
    """
    link = await _open(deps, wish.token)
    _, bills = await _owing(deps, link)
    oldest = sorted(bills, key=lambda bill: (bill.period, bill.id))
    return LinkedBills(
        payee_name=link.payee_name,
        bills=[LinkedBill(title=title_of(bill), owed_fen=bill.owed_fen) for bill in oldest],
        owed_fen=sum(bill.owed_fen for bill in bills),
        expires_at=link.expires_at,
    )


async def _open(deps: Dependencies, token: str) -> PaymentLink:
    link = await store.find_by_token(deps.db, token_index(deps.vault, token))
    if link is None:
        raise PaymentLinkUnknown("代缴链接不对,请让对方重新发一个")
    _require_open(deps, link)
    return link


async def _owing(deps: Dependencies, link: PaymentLink) -> tuple[Actor, list[Bill]]:
    """Return who asked, and those of their bills that are owed.

    Raises PaymentLinkOver when who asked does not pay one of the bills any more.
    """
    held = await grants.grants_of(deps, link.person)
    asker = Actor(link.person, session_id="", grants=held)
    try:
        bills = (await orders.read(deps, asker, link.bill_ids)).bills
    except (NotFound, Forbidden):
        raise PaymentLinkOver("代缴链接已失效,请让对方重新发一个") from None
    return asker, [bill for bill in bills if bill.state is BillState.OWING]


async def pay(deps: Dependencies, actor: Actor, wish: PayLink) -> PaymentOrder:
    """Make one WeChat order of the actor for what is owed by a link, or for a part of it.

    Raises PaymentLinkUnknown, PaymentLinkOver, and what `payments.pay` raises.
    """
    link = await _open(deps, wish.token)
    asker, owing = await _owing(deps, link)
    if not owing:
        raise BillAlreadyPaid("这些账单已经缴过了")
    bills = Pay(bill_ids=[bill.id for bill in owing], amount_fen=wish.amount_fen)
    return await payments.pay(deps, actor, bills, asked_by=asker)
