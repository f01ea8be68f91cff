from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contracts.clients import MiniClient, PayClient
from tests.contracts.stage import Control, Process, Receiver, listening, started


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Start one stand-in per test process; each test resets it."""
    with started(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
async def control(process: Process) -> Control:
    director = Control(process)
    await director.do("reset")
    return director


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = listening(receiver)
    yield receiver
    server.stop()
    await server.close_all_connections()


@pytest.fixture
def firm(process: Process) -> PayClient:
    return PayClient(process, process.merchant("firm"))


@pytest.fixture
def sanitation(process: Process) -> PayClient:
    return PayClient(process, process.merchant("sanitation"))


@pytest.fixture
def partner(process: Process) -> PayClient:
    return PayClient(process, process.merchant("partner"))


@pytest.fixture
def mini(process: Process) -> MiniClient:
    return MiniClient(process, process.credentials["mini_program"])
