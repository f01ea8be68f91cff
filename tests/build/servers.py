"""MongoDB and Redis of a test run: started when the first test asks, once for all workers."""

from collections.abc import Mapping
from contextlib import ExitStack
from multiprocessing.connection import Client, Listener
from threading import Thread
from typing import Any, Final

from pymongo import MongoClient

from server.embedded.folders import throwaway_folder
from server.embedded.servers import Mongo, RedisServer
from server.errors import StartError

START: Final = "start"
STOP: Final = "stop"
QUEUE: Final = 64  # askers that may wait while the servers start: more than there are workers


class Servers:
    """A thread of the process that owns the xdist workers; it starts the servers when asked.

    A thread because a server ends with the thread that started it (see LAUNCH in
    `server.embedded.folders`): this one lives until `stop`, or until its process is killed.
    """

    def __init__(self) -> None:
        self._listener = Listener(backlog=QUEUE)
        self.address = str(self._listener.address)
        self._thread = Thread(target=self._serve, name="servers of the tests", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the servers that were started and the thread."""
        with Client(self.address) as asker:
            asker.send(STOP)
        self._thread.join()

    def _serve(self) -> None:
        found: dict[str, str] = {}
        with self._listener, ExitStack() as running:
            while True:
                with self._listener.accept() as asker:
                    if asker.recv() == STOP:
                        return
                    try:
                        found = found or start(running)
                        asker.send(found)
                    except StartError as error:  # raised where it was asked, see `ask`
                        asker.send(error)


def start(running: ExitStack) -> dict[str, str]:
    """Start both side by side; return their addresses. Raises StartError."""
    running.callback((mongo := Mongo(throwaway_folder(), throwaway=True)).stop)
    running.callback((redis := RedisServer(throwaway_folder(), throwaway=True)).stop)
    mongo.wait()
    redis.wait()
    with MongoClient[Any](mongo.uri) as client:
        # The tests' clock is behind the real one: their rows would all seem long expired.
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
    return {"mongodb_uri": mongo.uri, "redis_url": redis.uri}


def ask(address: str) -> Mapping[str, str]:
    """Return the addresses of MongoDB and Redis, started now if need be. Raises StartError."""
    with Client(address) as asker:
        asker.send(START)
        answer = asker.recv()
    if isinstance(answer, StartError):
        raise answer
    return dict(answer)
