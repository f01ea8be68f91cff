"""Basis of a bill run: the rules and payees its drafts are made by, and a digest of them.

The digest is kept when drafting starts and compared when somebody publishes. A rule that was
written, ended or withdrawn meanwhile, a payee or a contract that ended, a home that was
corrected or let off a part, changes it: the totals that were looked at are then not what would
be right now, so the run is drafted again first.
"""

from collections.abc import Sequence

from services.bills.runs.models import BillRun
from services.bills.runs.pieces import Prices
from services.dependencies import Dependencies
from services.fee_reductions import actions as fee_reductions
from services.fee_reductions import discounts
from services.fees import actions as fees
from services.fees import periods
from services.fees.models import FeeRule
from services.fees.payees import charters
from services.fees.payees.charters import Charter
from services.fees.tariff import rule_book
from services.home_corrections import actions as home_corrections
from services.kernel.days import last_day
from services.kernel.documents import digest_id
from services.residencies import headcounts, owners


async def prices_for(deps: Dependencies, run: BillRun, homes: Sequence[str]) -> Prices:
    """Return what these homes are billed by: the rules there were when the run was started."""
    rules = await fees.for_homes(deps, homes, run.kinds, run.asked_at)
    found = await charters.charters_of(deps, run.place, rules)
    turns = await owners.turns_of(deps, homes)
    by_person = any(rule.person_fen is not None for rule in rules)
    stays = await headcounts.stays_of(deps, homes) if by_person else {}
    granted = await fee_reductions.of_homes(deps, homes, run.asked_at)
    reduced = discounts.by_home(granted, turns)
    return Prices(rule_book(rules), found, turns, stays, reduced)


async def digest_of(deps: Dependencies, run: BillRun) -> str:
    """Return the digest of everything that decides on the bills of a run at this moment."""
    written = await fees.of_compound(deps, run.place, run.kinds)
    months = periods.months_reached(written, run.period, run.months)
    first, last = f"{months[0]}-01", last_day(months[-1])
    rules = [
        rule
        for rule in written
        if rule.start_day <= last and (rule.end_day is None or rule.end_day >= first)
    ]
    found = await charters.charters_of(deps, run.place, rules)
    corrections = await home_corrections.count_under(deps, run.place)
    granted = await fee_reductions.granted_under(deps, run.place, first, last)
    lines = [_line(rule, found.get(rule.id)) for rule in rules]
    # As before there were these, where there is none: drafts of then stay right.
    lines += [f"corrections {corrections}"] if corrections else []
    return digest_id(*lines, *discounts.lines(granted))


def _line(rule: FeeRule, charter: Charter | None) -> str:
    """Write down what may change of a rule and its payee."""
    said = [rule.id, rule.start_day, rule.end_day or ""]
    if charter:
        payee = charter.payee
        said += [payee.id, payee.to_day or "", str(charter.configured)]
        said += [f"{c.id} {c.from_day} {c.to_day}" for c in charter.contracts]
    return ",".join(said)
