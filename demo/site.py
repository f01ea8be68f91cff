"""Site of the demo: the running product it is made in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.desk import Desk
from demo.mark import Mark
from services.dependencies import Dependencies
from services.jobs import actions as jobs


@dataclass(frozen=True)
class Site:
    """`handlers` do the product's jobs, `wechat` is its base address, `tell` takes progress."""

    deps: Dependencies
    handlers: Mapping[str, jobs.Handler]
    wechat: str
    folder: Path
    tell: Callable[[str], None]

    @property
    def mark(self) -> Mark:
        return Mark(self.folder)

    @property
    def desk(self) -> Desk:
        return Desk(self.wechat)
