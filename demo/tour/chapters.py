"""Chapters of the tour: a list of values; each runs alone and names what it needs before it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from demo.tour import (
    bank,
    compound,
    counter,
    debts,
    notices,
    payment,
    privacy,
    refund,
    repairs,
    residents,
    voices,
)
from demo.tour.visit import Visit

Step = Callable[[Visit], Awaitable[str]]


@dataclass(frozen=True)
class Chapter:
    """`needs`: the chapters whose leavings this one works with. Each step says one line."""

    name: str
    about: str
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()


class NoSuchChapter(Exception):
    """One line that names all chapters."""


CHAPTERS: Final = (
    Chapter(
        "compound",
        "a compound comes in from a messy Excel register",
        (
            compound.staff_sign_in,
            compound.compound_is_made,
            compound.register_is_read,
            compound.register_is_imported,
        ),
    ),
    Chapter(
        "heads",
        "a unit head is appointed, and everybody may know who",
        (compound.head_is_appointed, compound.heads_are_known),
        needs=("compound",),
    ),
    Chapter(
        "bills",
        "who is paid, fee rules, and the bills of three months",
        (compound.payees_are_known, compound.rules_are_set, compound.bills_are_made),
        needs=("compound",),
    ),
    Chapter(
        "resident",
        "a resident finds the home by phone, and sees what is owed and why",
        (payment.resident_finds_the_home, payment.resident_sees_what_is_owed),
        needs=("bills",),
    ),
    Chapter(
        "payment",
        "several bills paid at once, booked once, receipted and told",
        (
            payment.resident_allows_a_message,
            payment.head_sees_who_has_not_paid,
            payment.resident_pays_several_bills_at_once,
            payment.payment_is_booked_once,
            payment.receipt_is_there,
            payment.ledger_balances,
            payment.heads_list_is_shorter,
            payment.resident_is_told,
        ),
        needs=("heads", "resident"),
    ),
    Chapter(
        "refund",
        "part of a payment goes back: one asks, another approves, the bill is owed again",
        (
            refund.part_of_a_payment_is_asked_back,
            refund.somebody_else_approves_it,
            refund.bill_is_owed_again_and_receipt_reversed,
        ),
        needs=("payment",),
    ),
    Chapter(
        "counter",
        "a transfer and cash at a door are booked, and the cash is handed over",
        (
            counter.a_transfer_is_booked,
            counter.cash_is_taken_at_a_door,
            counter.cash_is_handed_over,
        ),
        needs=("heads", "bills"),
    ),
    Chapter(
        "closed-day",
        "a day of a merchant account: WeChat's bills against the books",
        (payment.a_day_is_closed,),
    ),
    Chapter(
        "arrears",
        "an old debt of the demo compound, then all the rest, of several payees",
        (debts.an_old_debt_is_paid, debts.all_the_rest_is_paid),
    ),
    Chapter(
        "in-advance",
        "months to come are paid, and pay the next bills by themselves",
        (debts.months_to_come_are_paid,),
        needs=("arrears",),
    ),
    Chapter(
        "bank",
        "a bank's file: a transfer finds its home and is booked, and what left is known",
        (bank.a_bank_file_is_read, bank.the_transfer_is_booked, bank.what_left_is_known),
    ),
    Chapter(
        "code",
        "an owner is bound by a printed code",
        (residents.code_lets_somebody_in,),
        needs=("compound",),
    ),
    Chapter(
        "daughter",
        "a relative is invited to pay, and sees no more",
        (residents.daughter_pays_and_sees_no_more,),
        needs=("resident",),
    ),
    Chapter(
        "tenancy",
        "a tenant asks with proof, is bound, and is out at once when it ends",
        (
            residents.tenant_asks_with_proof,
            residents.head_advises_and_community_decides,
            residents.tenancy_ends_at_once,
        ),
        needs=("heads",),
    ),
    Chapter(
        "notice",
        "a notice is published, pushed, read and answered, and one door knocked at",
        (
            notices.resident_allows_notices,
            notices.notice_is_written,
            notices.notice_is_published,
            notices.notice_is_read_and_answered,
            notices.a_door_is_visited,
            notices.the_page_says_so,
        ),
        needs=("heads", "resident"),
    ),
    Chapter(
        "repair",
        "a leak is reported, joined, mended, not fixed, mended again; another one climbed",
        (
            repairs.a_leak_is_reported,
            repairs.a_neighbour_joins,
            repairs.it_is_accepted_and_mended,
            repairs.it_is_not_fixed,
            repairs.it_is_fixed,
            repairs.one_that_nobody_took_has_climbed,
        ),
        needs=("code", "resident"),
    ),
    Chapter(
        "voices",
        "said without a name, asked in a survey, seen at the door, done home by home",
        (
            voices.something_is_said_without_a_name,
            voices.the_unit_head_finds_it_in_the_list,
            voices.it_is_handed_on_and_solved,
            voices.it_is_not_solved_and_goes_up,
            voices.three_homes_are_asked,
            voices.small_groups_are_hidden,
            voices.a_door_is_knocked_at,
            voices.a_card_says_what_helps,
            voices.a_task_is_done_home_by_home,
        ),
        needs=("heads", "code", "resident"),
    ),
    Chapter(
        "browser",
        "staff sign in at a browser, see a number for a reason, end the session",
        (
            privacy.staff_sign_in_at_a_browser,
            privacy.number_is_shown_for_a_reason,
            privacy.sessions_are_seen_and_ended,
        ),
        needs=("resident",),
    ),
    Chapter(
        "data",
        "a list as a spreadsheet; somebody takes their data with them, and leaves for good",
        (
            privacy.a_list_is_a_spreadsheet,
            privacy.everything_held_is_handed_out,
            privacy.somebody_leaves_for_good,
        ),
        needs=("daughter",),
    ),
)


def chosen(name: str) -> Chapter:
    """Return the chapter of this name. Raises NoSuchChapter."""
    found = [chapter for chapter in CHAPTERS if chapter.name == name]
    if not found:
        names = ", ".join(chapter.name for chapter in CHAPTERS)
        raise NoSuchChapter(f"No chapter is called {name!r}: choose {names}")
    return found[0]


def before(chapter: Chapter) -> list[Chapter]:
    """Return what is played before this chapter when it runs alone, in the list's order."""
    wanted: set[str] = set()
    waiting = list(chapter.needs)
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting += chosen(name).needs
    return [found for found in CHAPTERS if found.name in wanted]


def listing() -> str:
    """Return one line for each chapter: its name, what it shows, what it plays first."""
    lines, width = [], max(len(chapter.name) for chapter in CHAPTERS) + 2
    for chapter in CHAPTERS:
        first = ", ".join(earlier.name for earlier in before(chapter))
        lines.append(f"  {chapter.name:<{width}}{chapter.about}{first and f' (after {first})'}")
    return "\n".join(lines)
