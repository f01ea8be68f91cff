"""Bill runs of a product, over HTTP by web and worker: drafted, published and told."""

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from bench.speed import counters, http
from bench.speed.stage import Product
from bench.speed.within.residents import COMPOUND

CITY, COMMUNITY = COMPOUND.split(".")[0], COMPOUND.rpartition(".")[0]
KIND: Final = "waste_fee"
LOOK: Final = 0.05
PAYEE: Final = "环卫处"


class Run(NamedTuple):
    """Seconds of a run: `work` of all, `told` from the first person told to the last."""

    run_id: str
    work: float
    told: float


class Biller:
    """Administrator who runs bills."""

    def __init__(self, product: Product, address: str) -> None:
        self.product, self.address, self.compounds = product, address, 0
        self.token: str = product.ask("offices", cities=[CITY])
        self.account: str = product.ask("account")

    def _make_rule(self, compound: str) -> None:
        rule: dict[str, Any] = {
            "kind": KIND,
            "monthly_fen": 1_000,
            "start_day": "2020-01-01",
            "due_days": 30,
        }
        if self.product.ask("has", module="services.fees.payees.actions"):
            wish = {"name": PAYEE, "account": self.account, "kinds": [KIND]}
            wish |= {"from_day": rule["start_day"]}
            payee = self.send("POST", f"places/{compound}/payees", wish)
            rule["payee_id"] = payee["payee_id"]
        else:  # there were no payees before
            rule |= {"account": self.account, "payee_name": PAYEE}
        self.send("POST", f"places/{compound}/fee-rules", rule)

    def send(self, verb: str, path: str, body: Any = None) -> Any:
        return http.send(verb, f"{self.address}/api/v1/{path}", body, token=self.token)

    def run(self, homes: int, people: int) -> Run:
        """Bill a new compound of so many homes, with so many people each, by a new worker."""
        product = self.product
        self.compounds += 1
        compound = f"{COMMUNITY}.r{self.compounds}"
        product.ask("compound", compound=compound, homes=homes, people=people)
        product.redis.flushdb()  # our own limits
        self._make_rule(compound)
        with product.worker():
            began = time.perf_counter()
            wish = {"period": time.strftime("%Y-%m"), "months": 1, "kinds": [KIND]}
            run_id = self.send("POST", f"places/{compound}/bill-runs", wish)["run_id"]
            self._until(lambda: self._is(run_id, "drafted"))
            self.send("POST", f"bill-runs/{run_id}/publish", {})
            known = self._told()
            first = self._before(
                lambda: counters.count(product, "messages", {}) > known or not people
            )
            all_told = known + homes * people
            self._until(lambda: self._told() >= all_told)
            told = time.perf_counter() - first
            self._until(lambda: self._is(run_id, "published"))
            work = time.perf_counter() - began
        product.db.outbox.delete_many({})  # pushes that nobody allowed
        return Run(run_id, work, told)

    def _told(self) -> int:
        return counters.count(self.product, "messages", {})

    def _is(self, run_id: str, state: str) -> bool:
        return bool(self.product.db.bill_runs.find_one({"_id": run_id})["state"] == state)

    @staticmethod
    def _before(holds: Callable[[], bool]) -> float:
        """Wait until it holds; return when it was last seen not to."""
        while True:
            now = time.perf_counter()
            if holds():
                return now
            time.sleep(LOOK)

    @staticmethod
    def _until(holds: Callable[[], bool]) -> None:
        while not holds():
            time.sleep(LOOK)
