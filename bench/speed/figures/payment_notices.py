"""Payment notices of 2 and 12 bills, beside bare cryptography and the same writes."""

from collections.abc import Callable
from typing import Final

from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.rounds import alternate
from bench.speed.stage import Product, Stage

GOALS: Final = {2: 1.0, 12: 1.5}


def measure(stage: Stage) -> Found:
    found = Found({})
    count, rounds = stage.size(5, 20), stage.size(2, 15)
    with stage.products() as products:
        for bills in GOALS:
            sides = {name: speed(of, count, bills) for name, of in products.items()}
            found.sides[str(bills)] = Sides(**alternate(sides, rounds))
    return found


def speed(product: Product, count: int, bills: int) -> Callable[[], float]:
    """Return what gives the product's speed beside the bare work's, in one round."""

    def one_round() -> float:
        seconds = product.ask("notices", count=count, bills=bills)
        return float(seconds["bare"] / seconds["product"])

    return one_round


FIGURE: Final = Figure(
    name="payment-notices",
    title="A payment notice",
    about=(
        "Verifying, decrypting and booking a notice of WeChat Pay, without HTTP: the speed "
        "beside the same cryptography and a transaction that writes the same documents, one "
        "update for each bill, and looks at no rule."
    ),
    goals=[
        Goal(str(bills), f"a payment of {bills} bills", at_least=least)
        for bills, least in GOALS.items()
    ],
    measure=measure,
)
