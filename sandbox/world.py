"""State of one stand-in; every handler gets it as its first argument."""

from pathlib import Path

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.keys import Keys, Merchant
from sandbox.outbound import Outbound
from sandbox.records import MerchantSettings, Settings
from sandbox.schedule import Schedule
from sandbox.store import Store

ONE = "one"  # the key of the only row of a table


class World:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.store = Store(folder / "state.sqlite")
        self.clock = Clock(self.store.clock.get(ONE))
        self.keys = Keys(folder, self.clock.now())
        self.settings = self.store.settings.get(ONE) or Settings()
        self.faults = Faults()
        self.journal = Journal()
        self.schedule = Schedule(self.clock, self.store.jobs)
        self.outbound = Outbound(self.clock, self.journal)

    def save_clock(self) -> None:
        self.store.clock.save(ONE, self.clock.state)

    def save_settings(self) -> None:
        self.store.settings.save(ONE, self.settings)

    def merchant_settings(self, merchant: Merchant) -> MerchantSettings:
        return self.settings.merchants.setdefault(merchant.mchid, MerchantSettings())

    def reset(self) -> None:
        """Reset everything but the keys."""
        self.schedule.stop()
        self.store.clear()
        self.clock.thaw()
        self.clock.state.offset_seconds = 0.0
        self.settings = Settings()
        self.faults = Faults()
        self.journal.clear()
        self.schedule.start()

    def close(self) -> None:
        self.schedule.stop()
        self.store.close()
