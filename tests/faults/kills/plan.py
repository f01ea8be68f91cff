"""Plan of a run: how large the compound is, what is killed, and for how long."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.faults.fault import ROOT

WEBS: Final = 2
WORKERS: Final = 2
# Between two kills, in seconds.
SHORTEST_PAUSE: Final = 0.4
LONGEST_PAUSE: Final = 1.1
# A worker is stopped for longer than its lease, which within.py makes this long.
LEASE_SECONDS: Final = 6
STOPPED_SECONDS: Final = 9
BETWEEN_STOPS: Final = 12
OFTENER: Final = 10
# The primary of three members is killed, or steps down, so often.
BETWEEN_PRIMARIES: Final = 10


class Plan(Struct, frozen=True, kw_only=True):
    """`kills`: the load goes on until there were so many, at most `seconds`.

    `points`: how likely a process kills itself at a point, as a multiple of the point's own
    chance; `at`: the one point at which it does so OFTENER times as likely. `voids`: of a
    hundred orders, those of which a bill is voided meanwhile. `settle`: seconds in which all
    must be done once nothing is killed any more. `members`: of the replica set, of which the
    primary is killed when there are three. `tree`: the product that is run.
    """

    title: str
    seed: int = 15
    kills: int
    seconds: float
    homes: int = 60
    months: int = 23
    payers: int = 20
    points: float = 1.0
    at: str = ""
    voids: int = 14
    settle: float = 120
    members: int = 1
    tree: Path = ROOT


LONG: Final = Plan(title="product", kills=220, seconds=240)
THREE: Final = Plan(title="product, three members of MongoDB", kills=70, seconds=90, members=3)
# It ends with its last kill: on a busy machine that takes longer, and so does what follows.
SHORT: Final = Plan(
    title="short",
    kills=25,
    seconds=240,
    homes=24,
    months=6,
    payers=10,
    points=2,
    settle=300,
)
# A representative part of it, for every day.
BY_DAY: Final = Plan(
    title="by day", kills=4, seconds=60, homes=6, months=3, payers=4, points=4, settle=120
)
OF_A_MUTANT: Final = Plan(
    title="",
    kills=50,
    seconds=90,
    homes=30,
    months=8,
    payers=16,
    voids=40,
    settle=90,
)
