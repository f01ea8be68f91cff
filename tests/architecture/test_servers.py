"""Unit tests pay for no server: MongoDB and Redis start when the first test asks for them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from server.errors import StartError
from tests.build import servers
from tests.build.servers import Servers, ask

FOUND = {"mongodb_uri": "mongodb://127.0.0.1:1", "redis_url": "redis://127.0.0.1:1/0"}


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was started and stopped, in order."""
    seen: list[str] = []

    def start(running: ExitStack) -> dict[str, str]:
        seen.append("started")
        running.callback(seen.append, "stopped")
        return FOUND

    monkeypatch.setattr(servers, "start", start)
    return seen


def test_nothing_starts_until_somebody_asks(happened: list[str]) -> None:
    Servers().stop()
    assert happened == []


def test_all_workers_share_what_was_started_once(happened: list[str]) -> None:
    owner = Servers()
    with ThreadPoolExecutor(8) as workers:
        assert list(workers.map(ask, [owner.address] * 8)) == [FOUND] * 8
    assert happened == ["started"]
    owner.stop()
    assert happened == ["started", "stopped"]


def test_what_went_wrong_is_raised_where_it_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def start(_: ExitStack) -> dict[str, str]:
        raise StartError("no room")

    monkeypatch.setattr(servers, "start", start)
    owner = Servers()
    for _ in range(2):
        with pytest.raises(StartError, match="no room"):
            ask(owner.address)
    owner.stop()
