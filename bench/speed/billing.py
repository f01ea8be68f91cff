"""Bill runs of a product, over HTTP by web and worker: drafted, published and told."""

import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from bench.speed import counters, http
from bench.speed.stage import Product
from bench.speed.waits import until
from bench.speed.within.residents import COMPOUND

CITY, COMMUNITY = COMPOUND.split(".")[0], COMPOUND.rpartition(".")[0]
KIND: Final = "waste_fee"
PAYEE: Final = "环卫处"


class Run(NamedTuple):
    """Seconds of a run: `work` of all, `told` from the first person told to the last.

    `spent`: seconds of the processors of `worker` and `mongod`.
    """

    run_id: str
    work: float
    told: float
    spent: Mapping[str, float]


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
        product.forget_limits()
        self._make_rule(compound)
        mongod = product.shared.mongo_pid
        with (
            product.worker() as worker,
            counters.processors(worker=worker, mongod=mongod) as spent,
        ):
            began = time.perf_counter()
            wish = {"period": time.strftime("%Y-%m"), "months": 1, "kinds": [KIND]}
            run_id = self.send("POST", f"places/{compound}/bill-runs", wish)["run_id"]
            until(lambda: self._is(run_id, "drafted"), "drafts")
            self.send("POST", f"bill-runs/{run_id}/publish", {})
            known = self._told()
            first = until(lambda: self._told() > known or not people, "a message")
            until(lambda: self._told() >= known + homes * people, "all messages")
            told = time.perf_counter() - first
            until(lambda: self._is(run_id, "published"), "the run's end")
            work = time.perf_counter() - began
        product.db.outbox.delete_many({})  # pushes that nobody allowed
        return Run(run_id, work, told, spent)

    def _told(self) -> int:
        return counters.count(self.product, "messages", {})

    def _is(self, run_id: str, state: str) -> bool:
        return bool(self.product.db.bill_runs.find_one({"_id": run_id})["state"] == state)
