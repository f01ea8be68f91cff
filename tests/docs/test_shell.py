"""Helpers of docs/guide.sh: days of Beijing, calls with any method, and an end of waiting."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.docs.conftest import BLOCK, FAR, ROOT

# Says what it was asked for, or the next line of the answers.
CURL = """#!/bin/sh
if [ -s "$ANSWERS" ]; then head -n 1 "$ANSWERS"; sed -i 1d "$ANSWERS"; else echo "curl $*"; fi
"""
REFUSAL = '{"title":"登录信息无效,请重新登录","status":401,"code":"unauthenticated"}'
BUSY = '{"title":"请稍后再试","status":503,"code":"overloaded"}'
WAITING = "WAIT=3 wait_for T /bill-runs/1 published"
# Answers → exit code, and what is said of it.
WAITS = [
    (['{"state": "publishing"}', BUSY, '{"state": "published"}'], 0, ""),
    (['{"state": "drafting"}', '{"state": "cancelled"}'], 1, "is cancelled, and not published"),
    (['{"state": "refused"}'], 1, "/bill-runs/1 is refused, and not published: "),
    (['{"state": "publishing"}', REFUSAL], 1, f"no state in: {REFUSAL}"),
    ([""], 1, "no state in:"),
    (['{"state": "drafted"}'] * 3, 1, "is drafted, and not published"),
]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    for name, text in {"curl": CURL, "sleep": "#!/bin/sh\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path / "answers"


def typed(answers: Path, line: str) -> tuple[int, str, str]:
    path = f"{answers.parent}:{os.environ['PATH']}"  # noqa: TID251  # handed on, not read
    done = subprocess.run(
        ["bash", "-c", f"API=/api/v1\n. docs/guide.sh\n{line}"],
        cwd=ROOT,
        env={"PATH": path, "TZ": FAR, "ANSWERS": str(answers)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_days_are_those_of_beijing_on_any_machine(answers: Path) -> None:
    assert typed(answers, "date -d @1772380800 +%F\\ %T") == (0, "2026-03-02 00:00:00", "")
    for page in (ROOT / "docs").rglob("*.md"):
        lines = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8")))
        before, date, _ = lines.partition("$(date ")
        assert not date or ". docs/guide.sh\n" in before, page.name


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("/me", "-sS -H Authorization: Bearer T /api/v1/me"),
        ("/me '{}'", "-sS -H Authorization: Bearer T -d {} /api/v1/me"),
        ("POST /a/lift", "-sS -XPOST -H Authorization: Bearer T /api/v1/a/lift"),
        ("DELETE /a/1", "-sS -XDELETE -H Authorization: Bearer T /api/v1/a/1"),
        ("PUT /a '{}'", "-sS -XPUT -H Authorization: Bearer T -d {} /api/v1/a"),
    ],
)
def test_any_method_is_called_with_and_without_a_body(
    words: str, asked: str, answers: Path
) -> None:
    assert typed(answers, f"call T {words}") == (0, f"curl {asked}", "")


@pytest.mark.parametrize(("lines", "code", "said"), WAITS)
def test_waiting_ends(lines: list[str], code: int, said: str, answers: Path) -> None:
    answers.write_text("\n".join(lines) + "\n")
    ended, out, err = typed(answers, WAITING)
    assert (ended, out, said in err) == (code, "", True), err
