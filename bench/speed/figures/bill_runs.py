"""Bill run of a compound, with and without people to tell, beside a raw insert of its bills."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Final

from bench.speed.billing import Biller
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.rounds import alternate
from bench.speed.stage import Stage

HOMES: Final = 10_000
PEOPLE: Final = {"told": 1, "untold": 0}


def measure(stage: Stage) -> Found:
    homes, rounds = stage.size(300, HOMES), stage.size(1, 3)
    found = Found({})
    with stage.products() as products, ExitStack() as running:
        billers = {
            name: Biller(of, running.enter_context(of.web()).address)
            for name, of in products.items()
        }
        for key, people in PEOPLE.items():
            sides = {
                name: partial(speed, biller, homes, people, behind(found, f"{name}, {key}"))
                for name, biller in billers.items()
            }
            found.sides[key] = Sides(**alternate(sides, rounds, warm_up=0))
    return found


def behind(found: Found, named: str) -> Callable[[str, float], None]:
    """Return what keeps seconds of a side under a name."""

    def keep(what: str, seconds: float) -> None:
        found.behind.setdefault(f"{named}, s {what}", []).append(seconds)

    return keep


def speed(biller: Biller, homes: int, people: int, keep: Callable[[str, float], None]) -> float:
    """Return the speed of a run beside that of inserting its bills."""
    run = biller.run(homes, people)
    again = {"name": "bills", "where": {"run_id": run.run_id}}
    bare = float(biller.product.ask("insert_again", **again))
    keep("of the run", run.work)
    keep("of the worker's processor", run.spent["worker"])
    keep("of MongoDB's processor", run.spent["mongod"])
    keep("of the insert", bare)
    return bare / run.work


FIGURE: Final = Figure(
    name="bill-runs",
    title="A bill run",
    about=(
        f"A compound of {HOMES:,} homes billed for a month, from the request to the last "
        "person told: the speed beside `insert_many` of the same bills, in thousands, into a "
        "collection with the same indexes."
    ),
    goals=[
        Goal("told", "with one person to tell in each home", at_least=0.25),
        Goal("untold", "with nobody to tell", at_least=0.5),
    ],
    measure=measure,
)
