"""A replica set of three, whose primary is killed and steps down."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Final

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from server.embedded.folders import throwaway_folder
from server.embedded.ports import answers
from server.embedded.servers import Mongo
from tests.faults.kills.plan import BETWEEN_PRIMARIES

ELECTION_MILLISECONDS: Final = 2_000
STEP_DOWN_SECONDS: Final = 6
LOOK: Final = 0.2
WAIT_SECONDS: Final = 60.0


class Member(Mongo):
    """A member that others make part of a set."""

    def is_ready(self) -> bool:
        return answers(self.port)


class Replicas:
    def __init__(self, found: list[Member]) -> None:
        self.members = found
        self.deposed: Counter[str] = Counter()

    @property
    def uri(self) -> str:
        hosts = ",".join(self._hosts())
        return f"mongodb://{hosts}/?replicaSet=rs0&retryWrites=true"

    def _hosts(self) -> list[str]:
        return [f"127.0.0.1:{member.port}" for member in self.members]

    def initiate(self) -> None:
        """Make one set of them and wait until it has a primary."""
        rows = [{"_id": n, "host": host} for n, host in enumerate(self._hosts())]
        config = {
            "_id": "rs0",
            "members": rows,
            "settings": {"electionTimeoutMillis": ELECTION_MILLISECONDS},
        }
        with MongoClient[Any](self._alone(self.members[0])) as client:
            client.admin.command("replSetInitiate", config)
        with MongoClient[Any](self.uri, serverSelectionTimeoutMS=WAIT_SECONDS * 1000) as client:
            client.admin.command("ping")

    @staticmethod
    def _alone(member: Member) -> str:
        return f"mongodb://127.0.0.1:{member.port}/?directConnection=true"

    def primary(self) -> Member | None:
        for member in self.members:
            with (
                suppress(PyMongoError),
                MongoClient[Any](self._alone(member), timeoutMS=1_000) as client,
            ):
                if client.admin.command("hello").get("isWritablePrimary"):
                    return member
        return None

    async def depose(self, chance: random.Random) -> None:
        """Depose the primary again and again: by kill -9, or by its own step down."""
        while True:
            await asyncio.sleep(chance.uniform(BETWEEN_PRIMARIES / 2, BETWEEN_PRIMARIES))
            primary = await asyncio.to_thread(self.primary)
            if primary is None:
                continue
            if self.deposed["killed"] <= self.deposed["stepped down"]:
                primary.process.kill()
                primary.process.wait()
                self.deposed["killed"] += 1
                primary.spawn(primary.port)  # from this thread, with which it ends
            else:
                await asyncio.to_thread(self._step_down, primary)
                self.deposed["stepped down"] += 1

    def _step_down(self, member: Member) -> None:
        wish = {"replSetStepDown": STEP_DOWN_SECONDS, "force": True}
        with suppress(PyMongoError), MongoClient[Any](self._alone(member)) as client:
            client.admin.command(wish)


@contextmanager
def started(count: int) -> Iterator[Replicas]:
    with ExitStack() as running:
        found = []
        for _ in range(count):
            member = Member(throwaway_folder(), throwaway=True)
            running.callback(member.stop)
            found.append(member)
        for member in found:
            member.wait()
        replicas = Replicas(found)
        replicas.initiate()
        yield replicas
