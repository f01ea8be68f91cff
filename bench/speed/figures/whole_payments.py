"""One whole payment: order, WeChat's notice, receipt and the message, by web and worker."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Final

import jwt

from bench.speed import counters, http
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.stage import Product, Stage, Web
from bench.speed.waits import until
from server.embedded.ports import free_port

PAYMENTS: Final = 10  # as many orders as one person may make in a minute, and half of them left
WHO: Final = "payer"


def measure(stage: Stage) -> Found:
    rounds = stage.size(1, 7)
    found: dict[str, dict[str, list[float]]] = {"commands": {}, "cpu": {}}
    with stage.products() as products, ExitStack() as running:
        sides = {name: Payer(of, running, rounds + 1) for name, of in products.items()}
        for number in range(rounds + 1):
            for name, payer in sides.items():
                commands, seconds = payer.one_round()
                if number:  # the first one opens connections
                    found["commands"].setdefault(name, []).append(commands / PAYMENTS)
                    found["cpu"].setdefault(name, []).append(1000 * seconds / PAYMENTS)
    return Found({name: Sides(**values) for name, values in found.items()})


class Payer:
    """Resident who pays, and the processes that are at work for them."""

    def __init__(self, product: Product, running: ExitStack, rounds: int) -> None:
        self.product, port = product, free_port()
        own = {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        self.web: Web = running.enter_context(product.web(**own))
        worker = running.enter_context(product.worker(**own))
        self.pids: list[int] = [self.web.pid, worker, product.shared.mongo_pid]
        self.wechat = product.environ["WX_API_BASE"]
        self.token = http.sign_in(self.web.address, self.wechat, WHO)
        claims = jwt.decode(self.token, options={"verify_signature": False})
        self.pairs = product.ask("payer", person=claims["sub"], pairs=PAYMENTS * rounds)

    def one_round(self) -> tuple[float, float]:
        """Pay ten times; return the commands and processor seconds beyond those at rest."""
        self.product.forget_limits()
        began = time.perf_counter()
        spent = self.during(self.pay)
        took = time.perf_counter() - began
        rest = self.during(lambda: time.sleep(took))
        return spent[0] - rest[0], spent[1] - rest[1]

    def during(self, work: Callable[[], None]) -> tuple[int, float]:
        shared = self.product.shared
        commands, seconds = counters.commands(shared), self.cpu()
        work()
        return counters.commands(shared) - commands, self.cpu() - seconds

    def cpu(self) -> float:
        return sum(counters.cpu_seconds(pid) for pid in self.pids)

    def pay(self) -> None:
        for _ in range(PAYMENTS):
            wish = {"bill_ids": self.pairs.pop()}
            url = f"{self.web.address}/api/v1/payments"
            made = http.send("POST", url, wish, token=self.token)
            self.control(made["pay_params"])
        until(lambda: not self.left(), "all jobs done")

    def control(self, params: Mapping[str, Any]) -> None:
        answer = http.send("POST", f"{self.wechat}/__ctl/users/{WHO}/pay", params)
        if answer["result"] != "ok":
            raise ValueError(f"not paid: {answer}")

    def left(self) -> int:
        """Count the jobs that are not done."""
        return counters.count(self.product, "outbox", {"open": True})


FIGURE: Final = Figure(
    name="whole-payments",
    title="A whole payment",
    about=(
        "Order, payment in WeChat, notice, receipt and message of two bills, over HTTP by web "
        "and worker: commands of MongoDB, and processor time of web, worker and MongoDB "
        "together, without what they use at rest."
    ),
    goals=[
        Goal("commands", "commands of MongoDB", unit="", at_most=22),
        Goal("cpu", "processor time", unit="ms"),
    ],
    measure=measure,
)
