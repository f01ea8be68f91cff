"""Import of a register, beside a raw insert of what it made; memory of the reading child."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import xlsxwriter

from bench.product import memory_of
from bench.speed import counters, http
from bench.speed.billing import CITY, COMMUNITY
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.rounds import alternate, ratios
from bench.speed.stage import Product, Stage
from bench.speed.waits import until

ROWS: Final = 50_000
FEW: Final = 1_000
HEADINGS: Final = ("楼栋", "单元", "房号", "面积(㎡)", "用途", "业主姓名", "手机号", "关系")
SAMPLE: Final = 0.01


def measure(stage: Stage) -> Found:
    rows, few = stage.size(600, ROWS), stage.size(100, FEW)
    rounds = stage.size(1, 3)
    many, some = workbook(rows), workbook(few)
    found: dict[str, dict[str, list[float]]] = {"speed": {}, "memory": {}}
    behind: dict[str, list[float]] = {}
    with stage.products() as products, ExitStack() as running:
        offices = {
            name: Office(of, running.enter_context(of.web()).address)
            for name, of in products.items()
        }
        speeds = {name: partial(of.speed, many) for name, of in offices.items()}
        found["speed"] = alternate(speeds, rounds, warm_up=0)
        for name, office in offices.items():
            for what, seconds in office.spent.items():
                behind[f"{name}, s {what}"] = list(seconds)
            large = list(office.peaks)
            office.peaks.clear()
            for _ in range(rounds):
                office.bring(some)
            found["memory"][name] = ratios(large, office.peaks)
            for size, peaks in ((rows, large), (few, office.peaks)):
                behind[f"{name}, MB of the child, {size:,} rows"] = list(peaks)
    return Found({key: Sides(**values) for key, values in found.items()}, behind)


class Office:
    """Administrator who brings registers.

    `peaks`: MB of the child that read each file. `spent`: what → seconds of each import.
    """

    def __init__(self, product: Product, address: str) -> None:
        self.product, self.address = product, address
        self.token: str = product.ask("offices", cities=[CITY])
        self.compounds = 0
        self.peaks: list[float] = []
        self.spent: dict[str, list[float]] = {}

    def speed(self, file: bytes) -> float:
        """Return the speed of an import beside that of inserting what it made."""
        compound, seconds = self.bring(file)
        under = {"$regex": rf"^{compound}\."}
        bare = 0.0
        for name, field in (("places", "_id"), ("residencies", "home")):
            bare += self.product.ask("insert_again", name=name, where={field: under})
        self._keep("of the import", seconds)
        self._keep("of the inserts", bare)
        return bare / seconds

    def _keep(self, what: str, seconds: float) -> None:
        self.spent.setdefault(what, []).append(seconds)

    def bring(self, file: bytes) -> tuple[str, float]:
        """Bring a file into a new compound; return it, and the seconds that it took."""
        product = self.product
        self.compounds += 1
        compound = f"{COMMUNITY}.i{self.compounds}"
        product.ask("compound", compound=compound, homes=0, people=0)
        product.forget_limits()
        url = f"{self.address}/api/v1"
        mongod = product.shared.mongo_pid
        with (
            product.worker() as worker,
            peak_of_children(worker) as peaks,
            counters.processors(worker=worker, mongod=mongod) as spent,
        ):
            began = time.perf_counter()
            path = f"{url}/places/{compound}/register-imports"
            import_id = http.upload(path, file, token=self.token)["import_id"]
            self._until(import_id, "previewed")
            wish = {"accept_warnings": True}
            confirm = f"{url}/register-imports/{import_id}/confirm"
            http.send("POST", confirm, wish, token=self.token)
            self._until(import_id, "applied")
            seconds = time.perf_counter() - began
        self.peaks.append(max(peaks.values()))
        self._keep("of the processor of the worker and the reading child", spent["worker"])
        self._keep("of MongoDB's processor", spent["mongod"])
        return compound, seconds

    def _until(self, import_id: str, state: str) -> None:
        until(lambda: self._state(import_id) == state, f"the import {state}")

    def _state(self, import_id: str) -> str:
        """Raises ValueError when the register could not be read."""
        state = str(self.product.db.register_imports.find_one({"_id": import_id})["state"])
        if state == "unreadable":
            raise ValueError("the register was not read")
        return state


def workbook(rows: int) -> bytes:
    """Write a register of so many homes, 50 to a unit."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for n in range(rows):
            door = (n % 50 // 4 + 1) * 100 + n % 4 + 1
            place = (
                f"{n // 500 + 1}号楼",
                f"{n % 500 // 50 + 1}单元",
                door,
                50 + n % 7000 / 100,
            )
            sheet.write_row(n + 1, 0, (*place, "住宅", name(n), 13_800_000_000 + n, "业主"))
    return buffer.getvalue()


def name(number: int) -> str:
    return "赵" + chr(0x4E00 + number // 200) + chr(0x4E00 + number % 200)


@contextmanager
def peak_of_children(parent: int) -> Iterator[dict[int, float]]:
    """Watch the children of a process; child → the most memory it had, in MB."""
    peaks: dict[int, float] = {}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE):
            for child in children_of(parent):
                try:
                    peaks[child] = memory_of(child, "VmHWM")
                except (OSError, IndexError):
                    continue  # it ended meanwhile

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        ended.set()
        thread.join()


def children_of(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(child) for file in found for child in read(file).split()]


def read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except OSError:
        return ""  # a thread that ended meanwhile


FIGURE: Final = Figure(
    name="imports",
    title="An import",
    about=(
        f"A register of {ROWS:,} rows uploaded, read, confirmed and written: the speed beside "
        "`insert_many` of the places and residencies that it made, in thousands, into "
        f"collections with the same indexes. And the most memory of the child that reads the "
        f"file, beside that for {FEW:,} rows."
    ),
    goals=[
        Goal("speed", f"{ROWS:,} rows", at_least=0.4),
        Goal("memory", "memory of the reading child", at_most=1.2),
    ],
    measure=measure,
)
