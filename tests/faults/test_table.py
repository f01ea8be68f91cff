"""The bugs that must be noticed: one of each kind, of money, tenancy, erasure and later work.

Each names the module it is planted in, so that a module that moves needs one edit here. To add
one: a guard that no other entry stands for, and the one test that says what it guards.
"""

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from tests.faults.books import BOOKS
from tests.faults.fault import ROOT, Fault, row
from tests.faults.heard import HEARD
from tests.faults.owed import OWED
from tests.matrix.rows import FILES

NOTICES: Final = "tests/handlers/test_payment_notices.py"
DISCREPANCIES: Final = "tests/handlers/test_payment_discrepancies.py"
ORDERS: Final = "tests/handlers/test_payment_orders.py"
CLOSINGS: Final = "tests/handlers/test_payment_closings.py"
MISSING: Final = "tests/handlers/test_payment_missing_orders.py"
TRADE_BILLS: Final = "tests/services/test_trade_bills.py"
REFUNDS: Final = "tests/handlers/test_refund_cases.py"
SUMS: Final = "tests/services/test_place_sums.py"
MATRIX: Final = "tests/matrix/test_matrix.py"
DELETION: Final = "tests/handlers/test_privacy_deletion.py"
ERASURES: Final = "tests/handlers/test_erasures.py"
TEXTS: Final = "tests/content_checks/test_texts.py"
LEAKS: Final = "tests/privacy/test_nothing_leaks.py"
JOBS: Final = "tests/services/test_jobs.py"
INTERESTS: Final = "tests/mediations/test_interests.py"
BROADCASTS: Final = "tests/services/test_broadcasts.py"


MONEY: Final = (
    Fault(
        "an order changes state without compare-and-set",
        "services.kernel.states",
        "find_one_and_update(\n            self.where(key, action),",
        "find_one_and_update(\n            key,",
        f"{NOTICES}::test_case_34_the_notice_overtakes_the_prepay_answer",
    ),
    Fault(
        "a bill is settled that somebody paid before",
        "services.bills.actions",
        "    if not moved == len(bill_ids) == len(known):\n",
        "    if not known:\n",
        f"{CLOSINGS}::test_case_62_money_for_bills_paid_meanwhile_goes_back",
    ),
    Fault(
        "a payment changes no sum of its places",
        "services.bills.actions",
        "    await sums.record(deps, tx, before=_owed(known), after=paid)\n",
        "",
        f"{SUMS}::test_sums_are_those_of_the_bills_before_and_after_they_are_added",
    ),
    Fault(
        "some changes of a home are added to its sums without the others",
        "services.place_sums.store",
        "    if len(found) == limit:\n",
        "    if limit < 0:\n",
        f"{SUMS}::test_changes_of_a_home_are_added_together_however_few_are_added_at_once",
    ),
    Fault(
        "the journal's id is not WeChat's transaction",
        "services.payments.booking",
        'return payment_journal(client.account.mchid, trade.transaction_id or "")',
        "return payment_journal(client.account.mchid, str(id(trade)))",
        f"{NOTICES}::test_case_33_many_different_notices_of_one_payment_at_once",
    ),
    Fault(
        "no unique index keeps a bill out of a second open order",
        "mongo_indexes.payments",
        "        unique=True,\n",
        "",
        f"{ORDERS}::test_case_63_two_phones_at_once_make_one_open_order",
    ),
    Fault(
        "the amount of a notice is not compared",
        "services.payments.discrepancies.actions",
        "Doubt.AMOUNT: trade.amount_fen != payment.amount_fen,",
        "Doubt.AMOUNT: False,",
        f"{DISCREPANCIES}::test_cases_45_to_48_a_notice_that_does_not_fit_credits_nothing",
    ),
    Fault(
        "an old notice that was signed once is accepted again",
        "services.wechat.signatures",
        "WINDOW_SECONDS: Final = 300",
        "WINDOW_SECONDS: Final = 3_000_000",
        f"{NOTICES}::test_case_43_an_old_valid_notice_replayed",
    ),
    Fault(
        "an order that could not be closed frees its bill",
        "services.payments.orders",
        'log.info("close_refused", payment=payment.id, code=error.code, because=because)',
        'await store.move(deps.db, payment.id, Event.CLOSED_AT_WECHAT, closed_because="")',
        f"{CLOSINGS}::test_case_59_closing_while_somebody_types_the_password",
    ),
    Fault(
        "money beyond what is owed is kept",
        "services.payments.booking",
        "await refunds.request_excess(deps, tx, payment, trade, excess_fen, reason=reason)",
        "pass",
        f"{CLOSINGS}::test_case_62_money_for_bills_paid_meanwhile_goes_back",
    ),
    Fault(
        "a refund takes a new number each time it is tried",
        "services.payments.refunds.jobs",
        "return await client.refund(await requests.kept(deps, client, refund))\n",
        'refund.number += f"{deps.now():%H%M%S}"\n'
        "        return await client.refund(requests._body(client, refund))\n",
        f"{REFUNDS}::test_case_69_an_answer_that_was_lost_makes_no_second_refund",
    ),
    Fault(
        "no job follows an order of which no notice comes",
        "services.payments.actions",
        "deps, tx, CHECK, payment.id,",
        'deps, tx, "nobody.check", payment.id,',
        f"{NOTICES}::test_case_35_no_notice_ever_the_poller_finds_it",
    ),
    Fault(
        "an order that a phone can pay is closed because WeChat once denied it",
        "services.payments.states",
        "    Transition(S.UNKNOWN, E.NEVER_ARRIVED, S.CLOSED),\n",
        "    Transition(S.UNKNOWN, E.NEVER_ARRIVED, S.CLOSED),\n"
        "    Transition(S.PREPAID, E.NEVER_ARRIVED, S.CLOSED),\n",
        f"{MISSING}::test_one_404_frees_nothing_that_a_phone_can_pay",
    ),
    Fault(
        "a day of WeChat's bill matches although the sums differ",
        "services.payments.trade_bills.models",
        "return self.said == self.found and not self.lacking",
        "return not self.lacking",
        f"{TRADE_BILLS}::test_case_77_another_amount_in_the_bill",
    ),
    Fault(
        "a journal that does not sum to zero is written",
        "services.ledger.actions",
        "    for journal in journals:\n        check_balance(journal)\n",
        "",
        "tests/services/test_ledger.py::"
        "test_a_journal_that_does_not_sum_to_zero_is_not_written",
    ),
    Fault(
        "an idempotency key is accepted for another request",
        "services.idempotency.actions",
        "first.fingerprint != mine.fingerprint",
        "not first.fingerprint",
        "tests/services/test_idempotency.py::test_another_request_under_the_key_is_refused",
    ),
)
TENANCY: Final = (
    Fault(
        "whoever moved in with a party mediates on",
        "services.mediations.steps",
        "if any(row.needs for row in MEDIATION.table.of(action)):",
        "if not MEDIATION:",
        f"{INTERESTS}::test_a_party_who_moves_in_with_the_mediator_is_found_too",
    ),
    Fault(
        "a party reads what the other wrote for the mediator",
        "services.mediations.views",
        "if is_me or circle is Circle.MEDIATOR else",
        "if circle else",
        "tests/mediations/test_life.py::test_only_the_mediator_reads_what_each_wrote",
    ),
    Fault(
        "a place is told from another by how its path begins",
        "services.kernel.paths",
        'return place == ancestor or place.startswith(ancestor + ".")',
        "return place.startswith(ancestor)",
        row("get /api/v1/places/{place}/unpaid-homes"),
    ),
    Fault(
        "bills of other places can be voided",
        "services.kernel.access",
        "any(actor.may(each, place) for each in needs)",
        "needs",
        row("post /api/v1/bills/{bill_id}/void"),
    ),
    Fault(
        "payments of everybody are listed",
        "services.payments.store",
        'Payment, {"person": person}, query)',
        'Payment, {"person": {"$gt": ""}}, query)',
        row("get /api/v1/payments"),
    ),
    Fault(
        "an appointment that ended still holds",
        "services.kernel.days",
        '        "$or": [{last: None}, {last: {"$gte": day}}],\n',
        "",
        f"{MATRIX}::test_everybody_holds_what_the_matrix_says",
    ),
    Fault(
        "a firm's people outlive its contract",
        "services.appointments.offices",
        "and (role.role not in FIRM_ROLES or (role.firm, role.place) in under_contract)",
        "and True",
        f"{MATRIX}::test_everybody_holds_what_the_matrix_says",
    ),
    Fault(
        "a session that was ended goes on",
        "services.sessions.lifecycle",
        "session is None or session.revoked_at or _over",
        "session is None or _over",
        "tests/handlers/test_my_sessions.py::test_an_end_is_effective_at_once_with_redis_gone",
    ),
    Fault(
        "a refusal is not audited",
        "handlers.http.contract",
        "    except Forbidden as error:\n        await handler.note_refusal(error)\n",
        "    except Forbidden:\n",
        row("get /api/v1/places/{place}/unpaid-homes"),
    ),
)
ERASURE: Final = (
    Fault(
        "an account is erased while money moves",
        "services.payments.feature",
        "    require_free=privacy.require_no_money_under_way,\n",
        "",
        f"{DELETION}::test_not_while_an_order_is_open",
    ),
    Fault(
        "what WeChat was told of a payer outlives the account",
        "services.payments.feature",
        "    forget=privacy.forget,\n",
        "",
        f"{DELETION}::test_nothing_that_is_kept_says_who_it_was",
    ),
    Fault(
        "a step of an erasure takes all there is",
        "services.kernel.steps",
        "session=tx).limit(at_once)",
        "session=tx)",
        f"{ERASURES}::test_ten_thousand_rows_go_in_small_transactions",
    ),
    Fault(
        "grants of a WeChat user outlive the account, for the next one",
        "services.messaging.feature",
        "    close=privacy.close,\n",
        "",
        f"{ERASURES}::test_who_comes_back_before_it_is_done_keeps_what_is_new",
    ),
    Fault(
        "answers kept for a repeated request are not sealed",
        "services.idempotency.actions",
        "sealed = ANSWER.seal(deps.vault, mine.id, body)",
        "sealed = body",
        f"{LEAKS}::test_a_full_run_leaves_nobody_behind",
    ),
)
LATER: Final = (
    Fault(
        "a worker that slept past its lease finishes the job",
        "services.jobs.store",
        '{"_id": job.id, "owner": job.owner, "fence": job.fence, "state": JobState.LEASED}',
        '{"_id": job.id}',
        f"{JOBS}::test_a_worker_that_woke_up_late_changes_nothing",
    ),
    Fault(
        "work is promised outside the transaction",
        "services.jobs.store",
        "    if tx is None:\n",
        "    if True:\n",
        f"{JOBS}::test_work_promised_in_a_transaction_that_fails_is_not_promised",
    ),
)
CONTENT: Final = (
    Fault(
        "a text passes because WeChat has looked at it",
        "services.content_checks.jobs",
        "return Finding(verdict.suggestion)",
        "return Finding.PASS",
        f"{TEXTS}::test_case_28_what_wechat_says_of_a_text_decides",
    ),
    Fault(
        "a text passes before its pictures are judged",
        "services.content_checks.models",
        "is_whole = all(part in self.found for part in self.parts)",
        "is_whole = bool(self.found)",
        "tests/content_checks/test_pictures.py"
        "::test_case_29_text_and_pictures_have_one_verdict",
    ),
)
TOLD: Final = (
    Fault(
        "two workers push the same message",
        "services.messaging.bulk_store",
        'query = TABLE.where({"_id": {"$in": list(ids)}, **FREE}, Move.START)',
        'query: Document = {"_id": {"$in": list(ids)}, **FREE}',
        f"{BROADCASTS}::test_of_workers_with_the_same_batch_one_pushes_it",
    ),
    Fault(
        "nobody says that what a dead worker had on the way is unknown",
        "services.messaging.broadcasts.pushes",
        "    if await bulk_store.lose_sending(deps.db, broadcast.id):",
        "    if not broadcast.id:",
        "tests/notices/test_faults.py"
        "::test_a_worker_killed_after_the_call_leaves_one_unknown_and_tells_the_others",
    ),
    Fault(
        "a notice spends the grant that a bill needs",
        "services.messaging.message_grants",
        "return left > reserve(deps, key)",
        "return left > 0",
        "tests/notices/test_wechat_cases.py"
        "::test_case_20_a_notice_leaves_the_grants_it_shares_to_a_bill_and_its_receipt",
    ),
    Fault(
        "an ordinary push at night",
        "services.messaging.broadcasts.pushes",
        "    if quiet.from_hour == quiet.to_hour:\n",
        "    if quiet.from_hour >= 0:\n",
        f"{BROADCASTS}::test_at_night_only_an_emergency_is_pushed",
    ),
    Fault(
        "a second ordinary push within the hour",
        "services.messaging.push_turns.store",
        '{"_id": person, "free_at": {"$lte": now}},',
        '{"_id": person},',
        f"{BROADCASTS}::test_one_ordinary_push_an_hour",
    ),
    Fault(
        "a worker that slept counts its step a second time",
        "services.messaging.broadcasts.store",
        '{"_id": seen.id, "version": seen.version, "state": seen.state},\n        {**changes',
        '{"_id": seen.id, "state": seen.state},\n        {**changes',
        f"{BROADCASTS}::test_a_worker_that_slept_adds_nothing_to_the_counts",
    ),
    Fault(
        "neighbours read what goes to those who owe",
        "services.notices.senders",
        "    if not readers.narrow(audience):",
        "    if audience.places:",
        "tests/handlers/test_notices_reading.py::test_only_who_was_told_reads_what_goes_to_few",
    ),
)
FAULTS: Final = (*MONEY, *TENANCY, *OWED, *ERASURE, *LATER, *CONTENT, *TOLD, *HEARD, *BOOKS)


def module_file(fault: Fault) -> Path:
    """Return the file of the module, relative to the root. LookupError when there is none."""
    found = find_spec(fault.module)
    if found is None or found.origin is None:
        raise LookupError(fault.module)
    return Path(found.origin).relative_to(ROOT)


def planted(text: str, fault: Fault) -> str:
    """Return a module's text with the fault in it. LookupError unless it fits exactly once."""
    if text.count(fault.old) != 1:
        raise LookupError(f"{fault.module} does not hold once: {fault.old}")
    return text.replace(fault.old, fault.new)


def named_test(fault: Fault) -> tuple[Path, str, str]:
    """Return the file, the function and the parameters of the test, "" for none."""
    file, _, name = fault.test.partition("::")
    function, _, parameters = name.partition("[")
    return Path(file), function, parameters.removesuffix("]")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_it_still_applies(fault: Fault) -> None:
    text = (ROOT / module_file(fault)).read_text(encoding="utf-8")
    changed = planted(text, fault)
    ast.parse(changed)
    assert changed != text


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_what_must_notice_it_is_still_there(fault: Fault) -> None:
    file, function, parameters = named_test(fault)
    assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8")
    assert not parameters or FILES[parameters] == str(file)


def test_a_fault_that_no_longer_fits_is_told() -> None:
    fault = FAULTS[0]
    for text in ("", fault.old * 2):
        with pytest.raises(LookupError, match="does not hold once"):
            planted(text, fault)
    with pytest.raises(LookupError):
        module_file(fault._replace(module="services.nothing"))


def test_each_has_a_title_of_its_own() -> None:
    assert len({fault.title for fault in FAULTS}) == len(FAULTS)
