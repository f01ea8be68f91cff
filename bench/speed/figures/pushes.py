"""Subscribe messages that one worker sends in a second, WeChat's own limits apart."""

import time
from collections.abc import Callable
from typing import Final

from bench.speed import counters, http
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.rounds import alternate
from bench.speed.stage import Product, Stage
from bench.speed.waits import until
from bench.speed.within.messages import TEMPLATE


def measure(stage: Stage) -> Found:
    people = stage.size(100, 2_000)
    with stage.products() as products:
        sides = {name: sending(of, people) for name, of in products.items()}
        return Found({"rate": Sides(**alternate(sides, stage.size(1, 3), warm_up=0))})


def sending(product: Product, people: int) -> Callable[[], float]:
    """Return what gives the messages a second of a round."""
    wechat = f"{product.environ['WX_API_BASE']}/__ctl/users"
    names = [f"reader-{number}" for number in range(people)]
    openids = [http.send("POST", f"{wechat}/{name}", {})["openid"] for name in names]
    rounds = 0

    def one_round() -> float:
        nonlocal rounds
        rounds += 1
        allow = {"template_ids": [f"stand-in-{TEMPLATE}"], "copies": 0}
        for name in names:
            http.send("POST", f"{wechat}/{name}/subscribe", allow)
        product.ask("messages", openids=openids, key=f"round-{rounds}")
        return sent(product, people * (rounds - 1), people)

    return one_round


def sent(product: Product, known: int, people: int) -> float:
    """Send all that waits; return how many a second, from before the worker's first on."""

    def count() -> int:
        product.forget_limits()  # they stand for WeChat's
        return counters.count(product, "messages", {"delivery": "sent"}) - known

    with product.worker():
        began = until(lambda: count() > 0, "a message sent")
        until(lambda: count() >= people, "all messages sent")
        return people / (time.perf_counter() - began)


FIGURE: Final = Figure(
    name="pushes",
    title="Subscribe messages",
    about=(
        "Messages that people allowed, sent through WeChat's stand-in by one worker: from the "
        "first to the last, without our own limits, which keep to WeChat's."
    ),
    goals=[Goal("rate", "messages of one worker", unit="/s", at_least=400)],
    measure=measure,
)
