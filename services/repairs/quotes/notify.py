"""Messages about quotes: to the household, and to who offered them."""

from collections.abc import Collection
from typing import Final

from services.audiences import residents
from services.dependencies import Dependencies, Transaction
from services.kernel.money import yuan
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.repairs.models import Repair
from services.repairs.notify import About, send
from services.repairs.quotes.models import LiftReason, Quote
from services.repairs.quotes.states import QuoteState

REPAIR_QUOTE: Final = Template(
    key="repair_quote",
    title="维修报价",
    body="{address}的报修{number}:{news}。",
    page="pages/repairs/quote",
    data={"thing1": "address", "character_string2": "number", "thing3": "news"},
    purpose=Purpose.PAYMENT,
    asks=(Ask(Moment.AFTER_REPORTING, "维修要收费时先请您确认"),),
)
REPAIR_QUOTE_ANSWER: Final = Template(
    key="repair_quote_answer",
    title="报价有回复",
    body="{address}的报修{number}:{news}。",
    page="pages/work/repair",
    data={"thing1": "address", "character_string2": "number", "thing3": "news"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_WORKING, "住户回复报价时告诉您"),),
)
TEMPLATES: Final = (REPAIR_QUOTE, REPAIR_QUOTE_ANSWER)


async def offered(deps: Dependencies, tx: Transaction, quote: Quote) -> None:
    """Ask the household for its yes; who only pays for the home sees nothing of its repairs."""
    people = await residents.household(deps, quote.place)
    news = f"报价{yuan(quote.total_fen)}元,同意后再维修"
    await _send(deps, tx, quote, people, REPAIR_QUOTE, news)


async def answered(deps: Dependencies, tx: Transaction, quote: Quote) -> None:
    """Tell who offered a quote, in office, what the household said."""
    said = "同意" if quote.state is QuoteState.ACCEPTED else "不同意"
    news = f"住户{said}报价{yuan(quote.total_fen)}元"
    await _send(deps, tx, quote, [quote.offered_by], REPAIR_QUOTE_ANSWER, news)


async def ended(deps: Dependencies, tx: Transaction, quote: Quote) -> None:
    """Tell who had accepted a quote that it is withdrawn or has lapsed: nothing is to pay."""
    if quote.answered_by:
        news = f"报价{yuan(quote.total_fen)}元{quote.state.label},不用付款"
        await _send(deps, tx, quote, [quote.answered_by], REPAIR_QUOTE, news)


async def billed(deps: Dependencies, tx: Transaction, quote: Quote) -> None:
    """Tell who accepted a quote that the work is done, and to be paid."""
    news = f"已修完,请付维修费{yuan(quote.total_fen)}元"
    await _send(deps, tx, quote, [quote.answered_by], REPAIR_QUOTE, news)


async def lifted(
    deps: Dependencies, tx: Transaction, repair: Repair, quote: Quote, reason: LiftReason
) -> None:
    """Tell who reported a repair that the community found it to be none of the guarantee.

    `quote`: whose guarantee that was: each decision is a message of its own.
    """
    if repair.person is None:
        return
    about = About(repair.place, repair.number, repair.id)
    words = f"社区认定{reason.label},不免费保修"
    key = f"{repair.id}:lifted:{quote.id}"
    await send(deps, tx, [repair.person], REPAIR_QUOTE, about=about, key=key, words=words)


async def _send(
    deps: Dependencies,
    tx: Transaction,
    quote: Quote,
    people: Collection[str],
    template: Template,
    news: str,
) -> None:
    about, key = About(quote.place, quote.number, quote.repair), f"{quote.id}:{quote.state}"
    await send(deps, tx, people, template, about=about, key=key, words=news)
