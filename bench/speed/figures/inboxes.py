"""Inbox items for all people of a compound that was billed."""

from contextlib import ExitStack
from typing import Final

from bench.speed.billing import Biller
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.stage import Stage

PEOPLE: Final = 100_000
IN_A_HOME: Final = 2


def measure(stage: Stage) -> Found:
    """Once: it takes minutes, and what it is compared with is a time, not another side."""
    people = stage.size(1_000, PEOPLE)
    found: dict[str, list[float]] = {}
    with stage.products() as products, ExitStack() as running:
        for name, product in products.items():
            biller = Biller(product, running.enter_context(product.web()).address)
            told = biller.run(people // IN_A_HOME, IN_A_HOME).told
            found[name] = [told * PEOPLE / people]
    return Found({"seconds": Sides(**found)})


FIGURE: Final = Figure(
    name="inboxes",
    title="Inbox items",
    about=(
        f"Telling {PEOPLE:,} people, two in each home of a compound, of their new bills: from "
        "the first inbox item to the last."
    ),
    goals=[Goal("seconds", f"{PEOPLE:,} people", unit="s", at_most=30)],
    measure=measure,
)
