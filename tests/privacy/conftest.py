"""The product with everything it logs and every address it was asked for kept."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
import structlog

from server import observability
from server.settings import LogFormat, Settings
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import Api, Clock, Reply, World

Log = Callable[[], str]


@dataclass
class Recorder(Api):
    """Remembers every address that was asked for."""

    base: str
    urls: list[str] = field(default_factory=list)

    async def call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        *,
        as_: Member | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        self.urls.append(path)
        return await super().call(method, path, body, as_=as_, headers=headers)


@pytest.fixture
def log(tmp_path: Path, base_settings: Settings) -> Iterator[Log]:
    """Everything that is logged, as in production but at debug."""
    before, level = logging.root.handlers[:], logging.root.level
    settings = msgspec.structs.replace(
        base_settings, log_level="debug", log_format=LogFormat.JSON
    )
    observability.configure_logging(settings, tmp_path / "log")
    yield (tmp_path / "log").read_text
    for handler in logging.root.handlers:
        handler.close()
    logging.root.handlers[:], logging.root.level = before, level
    structlog.reset_defaults()


@pytest.fixture
async def world(
    base_settings: Settings, database: str, clock: Clock, log: Log
) -> AsyncIterator[World]:
    assert database == base_settings.mongodb_database
    assert log() == ""
    async with open_world(base_settings, clock, observability.log_request) as opened:
        opened.api = Recorder(opened.api.base)
        yield opened


@pytest.fixture
def urls(world: World) -> list[str]:
    assert isinstance(world.api, Recorder)
    return world.api.urls
