"""Page docs/reference/faults.md: what was run, what was killed, what was found."""

from typing import Final

from bench.product import machine
from tests.faults.kills.plan import LEASE_SECONDS, STOPPED_SECONDS, WEBS, WORKERS
from tests.faults.kills.run import Outcome
from tests.faults.kills.within import WAITS

HEAD: Final = f"""# What is left when processes are killed

`make faults > docs/reference/faults.md` wrote this page. `tests/faults/kills/` runs {WEBS} web
and {WORKERS} worker processes of the product with MongoDB and Redis, lets people order and pay
bills over HTTP, and kills meanwhile: `kill -9` of any process every 0.4 to 1.1 s, which begins
again at once; named points at which a process kills itself; a worker that is stopped for
{STOPPED_SECONDS} s. Then it waits until all work is done, and compares the books with what
WeChat's stand-in knows, which is never killed. Power cuts are not tried: what a killed process
wrote, the kernel keeps.

Of the orders 10 % are for two payees at once, by WeChat's combined order. Of the others 30 %
are for the first bills of a few homes, which several people want at once; each is for one to
three bills. WeChat tells of 72 % of the payments once, of 15 % twice, half of these at the same
moment, of 13 % never, and of 6 % once more under another name. With 14 % of the orders a bill
is voided while somebody pays it, so that its money must go back. 8 % are never paid; with 12 %
somebody pays the same bills in cash at the counter at the same moment or just before; with 12 %
one of the staff asks that all of the payment, or 1.00 yuan of one bill, goes back by hand, and
another approves it twice at the same moment. When all is quiet the last 40 payments are told of
once more.
"""


def head() -> str:
    return "\n".join((HEAD, f"Machine: {machine()}.\n", shorter()))


def shorter() -> str:
    """Say what waits less here than where it is served."""
    lines = "\n".join(f"| `{name}` of `{module}` | {value} |" for module, name, value in WAITS)
    return (
        "So that a run takes minutes, some waits are shorter than where the product is served "
        f"(a lease is {LEASE_SECONDS} s instead of 60), and at the end the rest of the time to "
        "pay is skipped:\n\n"
        f"| wait | here |\n|---|---|\n{lines}\n"
    )


def section(outcome: Outcome) -> str:
    plan, quiet = outcome.plan, outcome.quiet_after
    killed = sum(count for title, count in outcome.kills.items() if is_process(title))
    rows = {
        "seed": plan.seed,
        "seconds of load": round(outcome.load_seconds),
        "processes killed": killed,
        "processes that ended by themselves": outcome.ended_by_themselves,
        **outcome.counts,
        "seconds until all was done": "never" if quiet is None else round(quiet),
    }
    return "\n".join(
        [
            f"## {plan.title[0].upper()}{plan.title[1:]}\n",
            table(("what", "count"), rows),
            table(("killed or stopped", "times"), by_size(outcome.kills)),
            table(("payers", "times"), by_size(outcome.done)),
            table(("check", "found"), {t: len(lines) for t, lines in outcome.problems.items()}),
        ]
    )


def is_process(killed: str) -> bool:
    """Tell whether what was killed is a process of the product, by what killed it."""
    return killed != "worker stopped" and not killed.startswith("primary ")


def by_size(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def table(heads: tuple[str, str], rows: dict[str, object]) -> str:
    lines = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    return f"| {heads[0]} | {heads[1]} |\n|---|---|\n{lines}\n"


MUTANTS_HEAD: Final = """## Mutants

The same with one guard broken: checks that find nothing there would prove nothing above.

| broken | kills | load | found |
|---|---|---|---|
"""


def mutant(outcome: Outcome) -> str:
    """Return the row of a mutant: what the same checks find in it."""
    found = ", ".join(f"{t}: {len(lines)}" for t, lines in outcome.problems.items() if lines)
    killed = sum(count for title, count in outcome.kills.items() if is_process(title))
    return f"| {outcome.plan.title} | {killed} | {outcome.load_seconds:.0f} s | {found} |\n"
