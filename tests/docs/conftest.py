"""Shell beside the product of a test, in which a guide's commands run as they stand."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from demo import foundation, people
from demo.desk import Desk
from demo.people import ROLES
from demo.site import Site
from demo.visitor import Visitor
from server.settings import Settings
from services.kernel.days import day_of
from tests.build.world import World
from tests.demo.conftest import said, site

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Stand-ins for programs of the machine: tokens of the demo's people, and the test's day.
MAKE = """#!/bin/sh
case "$*" in
"-s api") echo "$ADDRESS" ;;
"-s wechat") echo "$WECHAT" ;;
"-s token AS="*) cat "$TOKENS/${3#AS=}" ;;
*) echo "make $*?" >&2; exit 2 ;;
esac
"""
# In the zone of the shell, as the program itself.
DATE = """#!/bin/sh
if [ "$1" = -d ]; then given=$2; shift 2; fi
today=$(/bin/date -d "@$EPOCH" +%F)
case "$given" in [0-9]*) ;; *) given="$today $given" ;; esac
exec /bin/date -d "$given" "$@"
"""
MOST_PATIENT = 60_000  # milliseconds; the tests' own patience is more than a setting may be
# Who waits asks often enough, and not as often as a machine can: nobody may do that.
PAUSE = "#!/bin/sh\nexec /bin/sleep 0.1\n"
FAR = "FAR+12"  # a machine on whose clock it is yesterday: days of the guides are Beijing's
BETWEEN_PAGES = 30  # seconds, in which people may ask as often again
Guide = Callable[[str], Awaitable[str]]
__all__ = ["said", "site"]


def blocks(page: str) -> list[str]:
    """Return the shell blocks of a page of docs/."""
    return BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


def given(page: str) -> set[str]:
    """Return the variables that the shell blocks of a page set."""
    return set(re.findall(r"\b([A-Z]\w*)=", "\n".join(blocks(page))))


def variables(settings: Settings) -> dict[str, str]:
    """Return the settings as a command reads them from its environment."""
    found = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    found["trusted_proxies"] = ",".join(settings.trusted_proxies)
    found["mongodb_timeout_ms"] = found["mongodb_wait_queue_timeout_ms"] = MOST_PATIENT
    return {
        name.upper(): value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in found.items()
        if name != "data_dir"
    }


@pytest.fixture
async def guide(
    world: World,
    site: Site,
    base_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Guide:
    """Run all blocks of a page in one shell beside the demo; return what it printed."""
    monkeypatch.setattr(people, "BUILDINGS", 6)  # the demo's grid has the first four
    if not request.node.get_closest_marker("empty"):
        await foundation.lay(site)
    visitor = Visitor(world.api.base, Desk(world.wechat.base))
    tokens, programs = tmp_path / "tokens", tmp_path / "bin"
    tokens.mkdir()
    programs.mkdir()
    for person in ROLES:
        (tokens / person.name).write_text((await visitor.sign_in(person.name)).token)
    for name, text in {"make": MAKE, "date": DATE, "sleep": PAUSE}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environ = {
        **os.environ,  # noqa: TID251  # handed on, not read
        **variables(base_settings),
        "ADDRESS": f"{world.api.base}/api/v1",
        "WECHAT": f"{world.wechat.base}/__ctl",
        "TOKENS": str(tokens),
        "EPOCH": str(int(world.clock.now.timestamp())),
        "NOW": day_of(world.clock.now),
        "TZ": FAR,
        "PATH": f"{programs}:{os.environ['PATH']}",  # noqa: TID251
    }

    async def run(page: str) -> str:
        await world.advance(seconds=BETWEEN_PAGES)
        script = "set -euo pipefail\n" + "\n".join(blocks(page))
        # A command of its own process has the machine's clock: it is told the test's day.
        script = script.replace("server grant", 'server grant --from-day "$NOW"')
        shell = await asyncio.create_subprocess_exec(
            "bash", "-c", script, cwd=ROOT, env=environ, stdout=-1, stderr=-2
        )
        reading = asyncio.create_task(shell.communicate())
        while not reading.done():
            await world.work()
            await asyncio.wait([reading], timeout=0.05)
        said, _ = await reading
        text = said.decode()
        assert shell.returncode == 0, text
        return text

    return run
