"""Bugs planted one at a time, and the test that must find each: a guard counts only then.

`make planted` copies the tree, breaks one guard, runs the test that is said to find it, and
fails when a bug goes unnoticed. The table below is the list.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from tests.faults.doors import DOORS
from tests.faults.scopes import SCOPES

ROOT: Final = Path(__file__).parents[2]
CASES: Final = "tests/handlers/test_payment_cases.py"
REFUNDS: Final = "tests/handlers/test_refund_cases.py"
JOBS: Final = "tests/services/test_jobs.py"
STOP_SECONDS: Final = 30.0
KEYS: Final = "tests/services/test_idempotency.py"
AUDIT: Final = "tests/services/test_audit.py"
HISTORY: Final = "tests/handlers/test_bill_history.py"
SESSIONS: Final = "tests/handlers/test_my_sessions.py"
BROWSER: Final = "tests/handlers/test_browser.py"
AT_BROWSER: Final = "tests/handlers/test_browser_sessions.py"
TOKENS: Final = "tests/services/test_tokens.py"
CONSENTS: Final = "tests/handlers/test_privacy_consents.py"
REVEAL: Final = "tests/handlers/test_privacy_reveal.py"
DELETION: Final = "tests/handlers/test_privacy_deletion.py"
LEAKS: Final = "tests/privacy/test_nothing_leaks.py"
RESEALING: Final = "tests/services/test_privacy_resealing.py"


class Bug(NamedTuple):
    """`file`: `old` becomes `new`; `test` must then fail."""

    title: str
    file: str
    old: str
    new: str
    test: str


BUGS: Final = (
    Bug(
        "an order changes state without compare-and-set",
        "services/payments/store.py",
        '{"_id": payment_id, "state": {"$in": states.sources(event)}}',
        '{"_id": payment_id}',
        f"{CASES}::test_case_34_the_notice_overtakes_the_prepay_answer",
    ),
    Bug(
        "a bill is settled without compare-and-set",
        "services/bills/store.py",
        '{"_id": bill_id, "state": source}, {"$set": changes}, session=tx',
        '{"_id": bill_id}, {"$set": changes}, session=tx',
        f"{CASES}::test_case_62_money_for_bills_paid_meanwhile_goes_back",
    ),
    Bug(
        "the journal's id is not WeChat's transaction",
        "services/payments/booking.py",
        'journal_id = f"pay:{client.account.mchid}:{trade.transaction_id}"',
        'journal_id = f"pay:{client.account.mchid}:{deps.now()}:{id(trade)}"',
        f"{CASES}::test_case_33_many_different_notices_of_one_payment_at_once",
    ),
    Bug(
        "no unique index keeps a bill out of a second open order",
        "mongo_indexes/payments.py",
        "        unique=True,\n",
        "",
        f"{CASES}::test_case_63_two_phones_at_once_make_one_open_order",
    ),
    Bug(
        "the amount is not compared",
        "services/payments/discrepancies/actions.py",
        "Doubt.AMOUNT: trade.amount_fen != payment.amount_fen,",
        "Doubt.AMOUNT: False,",
        f"{CASES}::test_cases_45_to_48_a_notice_that_does_not_fit_credits_nothing",
    ),
    Bug(
        "the merchant is not compared",
        "services/payments/discrepancies/actions.py",
        "!= (account.mchid, account.sub_mchid),",
        "!= (trade.mchid, trade.sub_mchid),",
        f"{CASES}::test_cases_45_to_48_a_notice_that_does_not_fit_credits_nothing",
    ),
    Bug(
        "an order of another payee is credited",
        "services/payments/discrepancies/actions.py",
        "Doubt.OTHER_ACCOUNT: payment.account != account.key,",
        "Doubt.OTHER_ACCOUNT: False,",
        f"{CASES}::test_case_46_another_firms_order",
    ),
    Bug(
        "a failed close frees the bill",
        "services/payments/orders.py",
        '        log.info("close_refused", payment=payment.id, code=error.code, '
        "because=because)",
        '        await _close(deps, payment, "close_failed")',
        f"{CASES}::test_case_59_closing_while_somebody_types_the_password",
    ),
    Bug(
        "a refused repeat closes an order that can be paid",
        "services/payments/states.py",
        "    Move(S.CREATED, E.REFUSED, S.CLOSED),\n",
        "    Move(S.CREATED, E.REFUSED, S.CLOSED),\n"
        "    Move(S.PREPAID, E.REFUSED, S.CLOSED),\n",
        f"{CASES}::test_case_52_a_refused_repeat_offers_nothing_to_pay",
    ),
    Bug(
        "no job follows an order",
        "services/payments/actions.py",
        '            "payments.check",\n            payment.id,',
        '            "nobody.check",\n            payment.id,',
        f"{CASES}::test_case_35_no_notice_ever_the_poller_finds_it",
    ),
    Bug(
        "a stale signature is believed",
        "services/wechat/signatures.py",
        "WINDOW_SECONDS: Final = 300",
        "WINDOW_SECONDS: Final = 3_000_000",
        f"{CASES}::test_case_43_an_old_valid_notice_replayed",
    ),
    Bug(
        "a refund takes a new number each time",
        "services/payments/refunds.py",
        "            out_refund_no=refund.number,",
        '            out_refund_no=f"{refund.number}{deps.now():%H%M%S}",',
        f"{REFUNDS}::test_case_69_an_answer_that_was_lost_makes_no_second_refund",
    ),
    Bug(
        "excess money is kept",
        "services/payments/booking.py",
        "        excess.append(excess_refund(deps, payment, trade, excess_fen))",
        "        pass",
        f"{CASES}::test_case_62_money_for_bills_paid_meanwhile_goes_back",
    ),
    Bug(
        "anybody may pay for, and so see, any home",
        "services/fees/actions.py",
        "actor.may(Permission.PAY_BILLS, bill.home)",
        "bill.home",
        f"{CASES}::test_nobody_pays_or_sees_for_another_home",
    ),
    Bug(
        "an order is made for a bill that was paid a moment ago",
        "services/payments/actions.py",
        "        if not await fees.hold(deps, tx, payment.bill_ids):",
        "        if False:",
        f"{CASES}::test_a_bill_paid_while_the_order_is_made",
    ),
    Bug(
        "a worker that slept past its lease finishes the job",
        "services/jobs/store.py",
        '{"_id": job.id, "owner": job.owner, "fence": job.fence, "state": JobState.LEASED}',
        '{"_id": job.id}',
        f"{JOBS}::test_a_worker_that_woke_up_late_changes_nothing",
    ),
    Bug(
        "a killed worker keeps its job",
        "services/jobs/store.py",
        '{"_id": job_id, "open": True, "due_at": {"$lte": now}},',
        '{"_id": job_id, "open": True, "state": "ready", "due_at": {"$lte": now}},',
        f"{JOBS}::test_a_killed_workers_job_is_done_by_another",
    ),
    Bug(
        "work is promised outside the transaction",
        "services/jobs/store.py",
        "upsert=True, session=tx)",
        "upsert=True)",
        f"{JOBS}::test_work_promised_in_a_transaction_that_fails_is_not_promised",
    ),
    Bug(
        "a key is reused for another request",
        "services/idempotency/actions.py",
        "first.fingerprint != mine.fingerprint",
        "not first.fingerprint",
        f"{KEYS}::test_another_request_under_the_key_is_refused",
    ),
    Bug(
        "a session that was ended goes on",
        "services/sessions/lifecycle.py",
        "session is None or session.revoked_at or _over",
        "session is None or _over",
        f"{SESSIONS}::test_an_end_is_effective_at_once_with_redis_gone",
    ),
    Bug(
        "signing in and the closing of the account do not meet",
        "services/sessions/store.py",
        ', "$inc": {"sign_ins": 1}}',
        "}",
        f"{SESSIONS}::test_a_sign_in_that_meets_the_closing_of_its_account_comes_second",
    ),
    Bug(
        "a refresh moves the generation without comparing it",
        "services/sessions/store.py",
        '{"_id": session.id, "generation": session.generation, "revoked_at": None}',
        '{"_id": session.id, "revoked_at": None}',
        f"{TOKENS}::test_refreshes_that_all_read_before_any_writes_have_one_successor",
    ),
    Bug(
        "the token chooses its algorithm",
        "services/sessions/tokens.py",
        "algorithms=[ALGORITHM]",
        'algorithms=["HS256", "HS384", "HS512"]',
        TOKENS,
    ),
    Bug(
        "the number on the screen is not compared",
        "services/browser_sign_ins/decisions.py",
        'elif not hmac.compare_digest(given.number or "", found.number):',
        "elif False:",
        f"{BROWSER}::test_three_wrong_numbers_kill_the_code",
    ),
    Bug(
        "a browser lets in a browser",
        "services/browser_sign_ins/decisions.py",
        "if session.kind is not SessionKind.WECHAT:",
        "if False:",
        f"{BROWSER}::test_a_browser_never_lets_in_a_browser",
    ),
    Bug(
        "two people let one browser in",
        "services/browser_sign_ins/store.py",
        '        "_id": sign_in_id,\n        "state": {"$in": states.sources(event)},\n'
        '        "expires_at": {"$gt": now},\n    }\n    change',
        '        "_id": sign_in_id,\n    }\n    change',
        f"{BROWSER}::test_two_who_allow_at_once_are_one",
    ),
    Bug(
        "a browser outlives the roles of who sits there",
        "services/accounts/actions.py",
        "    sessions.require_standing(session, grants)\n",
        "",
        f"{AT_BROWSER}::test_whose_roles_end_is_out_of_the_browser_on_the_next_request",
    ),
    Bug(
        "somebody else confirms a sensitive act",
        "services/browser_sign_ins/decisions.py",
        "fits = actor.person_id == found.person",
        "fits = True",
        f"{AT_BROWSER}::test_only_the_same_person_confirms",
    ),
    Bug(
        "an audit row is written outside the transaction",
        "services/audit/store.py",
        "insert_one(to_document(row), session=tx)",
        "insert_one(to_document(row))",
        f"{AUDIT}::test_a_row_of_a_transaction_that_failed_is_not_there",
    ),
    Bug(
        "the fingerprint of an audit row does not cover its facts",
        "services/audit/actions.py",
        'if name != "mac"}',
        'if name not in {"mac", "facts"}}',
        f"{AUDIT}::test_a_changed_row_is_found",
    ),
    Bug(
        "the end of a lane is not held against its head",
        "services/audit/verification/actions.py",
        "[head, *witness.marks(lane)]",
        "witness.marks(lane)",
        f"{AUDIT}::test_a_removed_row_is_found",
    ),
    Bug(
        "an anchor may be taken out of the middle",
        "services/audit/verification/actions.py",
        "(found.number, found.previous) != (last.number + 1, last.mac)",
        "found.number <= last.number",
        f"{AUDIT}::test_an_anchor_taken_out_of_the_middle_is_found",
    ),
    Bug(
        "a new owner is told what was settled before",
        "services/bills/visibility.py",
        "settled_at is not None and settled_at >= began[bill.home]",
        "settled_at is not None",
        f"{HISTORY}::test_a_home_changes_owner",
    ),
    Bug(
        "paid bills are listed from the beginning",
        "services/bills/store.py",
        '"paid_at": {"$gte": at}',
        '"paid_at": {"$ne": at}',
        f"{HISTORY}::test_tenant_after_tenant",
    ),
    Bug(
        "who only pays sees what others paid",
        "services/fees/actions.py",
        "history.since(actor, Permission.VIEW_HOME)",
        "history.since(actor, Permission.PAY_BILLS)",
        f"{HISTORY}::test_a_payer_pays_what_is_owed_and_sees_no_more",
    ),
    Bug(
        "a phone is taken although the consent was withdrawn a moment ago",
        "services/accounts/actions.py",
        "        await consents.require(deps, tx, actor.person_id)\n",
        "",
        f"{CONSENTS}::test_a_withdrawal_at_the_same_moment_wins_or_comes_after",
    ),
    Bug(
        "consent to an old text counts",
        "services/consents/actions.py",
        "given.get(policy.key) != policy.version",
        "policy.key not in given",
        f"{CONSENTS}::test_who_agreed_to_the_old_text_must_agree_to_the_new_one",
    ),
    Bug(
        "staff reveal people of other places",
        "services/reveals/actions.py",
        "if actor.may(Permission.REVEAL, place):",
        "if actor.places(Permission.REVEAL):",
        f"{REVEAL}::test_staff_of_another_compound_find_nobody",
    ),
    Bug(
        "an order is written for an account that was closed meanwhile",
        "services/payments/actions.py",
        "        await consents.require_open(deps, tx, actor.person_id)\n",
        "",
        f"{DELETION}::test_an_order_that_was_let_in_before_finds_the_account_closed",
    ),
    Bug(
        "an account is erased while money moves",
        "services/privacy/erasure.py",
        "        await payments.require_settled(deps, tx, person_id)\n",
        "",
        f"{DELETION}::test_not_while_an_order_is_open",
    ),
    Bug(
        "what WeChat was told of a payer outlives the account",
        "services/privacy/erasure.py",
        "        await payments.forget(deps, tx, person_id)\n",
        "",
        f"{DELETION}::test_nothing_that_is_kept_says_who_it_was",
    ),
    Bug(
        "kept answers are not sealed",
        "services/idempotency/actions.py",
        "sealed = deps.vault.seal(body, place=_place(mine.id))",
        "sealed = body",
        f"{LEAKS}::test_a_full_run_leaves_nobody_behind",
    ),
    Bug(
        "the outbox keeps what an error quoted",
        "services/jobs/actions.py",
        'redacted(f"{type(error).__name__}: {error}")[:500]',
        'f"{type(error).__name__}: {error}"[:500]',
        f"{LEAKS}::test_a_full_run_leaves_nobody_behind",
    ),
    Bug(
        "the driver logs commands",
        "server/observability.py",
        'TALKATIVE: Final = ("pymongo", "PIL")',
        'TALKATIVE: Final = ("PIL",)',
        f"{LEAKS}::test_a_full_run_leaves_nobody_behind",
    ),
    Bug(
        "Pillow logs where a photo was taken",
        "server/observability.py",
        'TALKATIVE: Final = ("pymongo", "PIL")',
        'TALKATIVE: Final = ("pymongo",)',
        f"{LEAKS}::test_a_full_run_leaves_nobody_behind",
    ),
    Bug(
        "resealing overwrites what was written meanwhile",
        "services/privacy/key_rotation.py",
        '{"_id": row["_id"], name: old}',
        '{"_id": row["_id"]}',
        f"{RESEALING}::test_what_somebody_writes_meanwhile_is_not_overwritten",
    ),
    *(Bug(*row) for row in (*DOORS, *SCOPES)),
)


def found(bug: Bug) -> bool:
    """Plant the bug in a copy and tell whether its test fails there."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        file = tree / bug.file
        text = file.read_text(encoding="utf-8")
        if text.count(bug.old) != 1:
            raise SystemExit(f"{bug.file} does not hold once: {bug.old}")
        file.write_text(text.replace(bug.old, bug.new), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        return ended([*command, bug.test], tree) == 1  # a test failed; others: it did not run


def ended(command: list[str], tree: Path) -> int:
    """Run it, its own temporary files in the tree; when we are stopped let it tidy up first."""
    environ = {**os.environ, "TMPDIR": str(tree)}  # noqa: TID251  # handed on, not read
    with subprocess.Popen(
        command,
        cwd=tree,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C reaches us only
    ) as process:
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(STOP_SECONDS)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that copies are removed
    missed = 0
    for bug in BUGS:
        verdict = "found" if found(bug) else "MISSED"
        missed += verdict == "MISSED"
        sys.stdout.write(f"{verdict:<7} {bug.title}: {bug.test}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(BUGS) - missed} found, {missed} missed\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
