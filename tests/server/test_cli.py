import asyncio
import json
import os
import pkgutil
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from server import cli
from server.embedded.occupancy import occupied
from server.embedded.ports import free_port
from server.settings import Settings
from services.places import actions as places
from services.places.models import Kind, NewPlace
from tests.architecture.test_deferred import DEFERRED, OF_THEIRS
from tests.build.world import World
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOWHERE = {"DATA_DIR": "/nowhere"}
COMMANDS = [found.name.replace("_", "-") for found in pkgutil.iter_modules(cli.__path__)]


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def server(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command here, with nothing configured but what is given."""

    def run(*words: str, **environ: str) -> Ended:
        monkeypatch.setattr(os, "environ", environ)
        try:
            code = cli.main(words)
        except SystemExit as end:  # argparse's way
            code = int(end.code or 0)
        return Ended(code, *capsys.readouterr())

    return run


def test_help_lists_every_command(server: Run) -> None:
    done = server("--help")
    assert done.code == 0
    assert all(command in done.out for command in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, server: Run) -> None:
    [command] = cli.load([name])
    assert name == command.NAME
    done = server(name, "--help")
    assert done.code == 0
    assert command.HELP[:30] in done.out


@pytest.mark.parametrize(
    ("words", "environ", "says"),
    [
        (("run",), {"PORT": "eighty"}, "PORT: write a whole number"),
        (("run", "--port", "99999"), {}, "PORT: choose a number"),
        (("web",), {}, "Set MONGODB_URI, REDIS_URL"),
        (("worker",), {}, "Set MONGODB_URI, REDIS_URL"),
        (("worker", "--concurrency", "0"), {}, "WORKER_CONCURRENCY: choose"),
        (("indexes", "plan"), NOWHERE, "MongoDB was never started in /nowhere/mongo: start `m"),
        (
            ("token", "staff"),
            NOWHERE,
            "Nothing runs on /nowhere: start `make run` first, or",
        ),
        (("tour",), NOWHERE, "Nothing runs on /nowhere: "),
        (("api",), NOWHERE, "Nothing runs on /nowhere: "),
        (("wechat",), NOWHERE, "Nothing runs on /nowhere: "),
        (("tour", "cooking"), {}, "No chapter is called 'cooking': choose compound, heads, "),
        (("token", "nobody"), {}, "Nobody in the demo is called 'nobody': choose admin, staff"),
        (("outbox", "replay"), {}, "usage: python -m server outbox replay ID"),
    ],
)
def test_what_cannot_start_says_so_in_one_line(
    words: tuple[str, ...], environ: dict[str, str], says: str, server: Run
) -> None:
    done = server(*words, **environ)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith(says)
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("words", [("token", "staff"), ("tour",)])
def test_an_empty_installation_has_nobody_to_sign_in_as(
    words: tuple[str, ...], folder: Path, server: Run
) -> None:
    with occupied(folder) as occupancy:
        occupancy.announce("http://127.0.0.1:1")
        done = server(*words, DATA_DIR=str(folder))
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f"What runs on {folder} was started with --empty: ")


def test_a_part_that_is_away_is_told_from_a_run_that_is_not_there(
    folder: Path, server: Run
) -> None:
    for part in ("mongo", "redis", "wechat"):
        (folder / part).mkdir()
        (folder / part / "port").write_text(str(free_port()))
    said = server("ledger", "verify", DATA_DIR=str(folder))
    assert (said.code, said.err.startswith(f"Nothing runs on {folder}: ")) == (2, True)
    with occupied(folder):
        said = server("ledger", "verify", DATA_DIR=str(folder))
    log = folder / "mongo" / "log.txt"
    assert said == Ended(2, "", f"MongoDB does not answer; its log: {log}\n")


def test_unusable_merchant_accounts_name_the_variable(base_settings: Settings) -> None:
    environ = environment(base_settings, uuid4().hex) | {"WXPAY_ACCOUNTS": '[{"key": "firm"}]'}
    done = apart("web", "--port", "0", **environ)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith("WXPAY_ACCOUNTS: ")


def apart(*words: str, **environ: str) -> Ended:
    """Run a command in a process of its own: the drivers leave sockets behind when refused."""
    done = subprocess.run(
        [sys.executable, "-m", "server", *words],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=SAFETY_NET,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def environment(settings: Settings, database: str) -> dict[str, str]:
    return {
        "MONGODB_URI": settings.mongodb_uri,
        "MONGODB_DATABASE": database,
        "REDIS_URL": settings.redis_url,
        "PUBLIC_URL": "http://127.0.0.1:1",
        "WX_APPID": settings.wx_appid,
        "WX_SECRET": settings.wx_secret,
        "WX_API_BASE": settings.wx_api_base,
        "SECRET_KEYS": '{"k": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="}',
    }


def test_indexes_are_planned_made_and_verified(base_settings: Settings, server: Run) -> None:
    environ = environment(base_settings, f"test_{uuid4().hex[:12]}")
    assert "create collection people" in server("indexes", "plan", **environ).out
    assert server("indexes", "check", **environ).code == 1
    assert server("indexes", "apply", **environ).out.startswith("applied: ")
    assert re.fullmatch(
        r"\d+ indexes of \d+ collections are there\n",
        server("indexes", "check", **environ).out,
    )
    assert server("indexes", "plan", **environ) == Ended(0, "nothing to do\n", "")


@pytest.mark.parametrize("command", ["web", "worker"])
def test_a_database_without_its_indexes_is_refused(
    command: str, base_settings: Settings, server: Run
) -> None:
    done = server(command, **environment(base_settings, "test_empty_cli") | {"PORT": "0"})
    assert done.code == 2
    assert re.match(r"\d+ collections and indexes are missing, e\.g\. \w+([.]\w+)?: ", done.err)
    told = (
        "run `.venv/bin/python -m mongo_indexes apply --uri … --database test_empty_cli` first"
    )
    assert done.err.endswith(f"{told}\n")
    assert (done.out, done.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    "words",
    [
        ("web",),
        ("indexes", "check"),
        ("outbox", "list"),
        ("grant", "--phone", "13900000000", "--role", "administrator", "--place", "cc"),
    ],
)
def test_a_database_that_is_away_is_said_in_one_line(
    words: tuple[str, ...], base_settings: Settings
) -> None:
    environ = environment(base_settings, "test_away") | {
        "MONGODB_URI": f"mongodb://app:hunter2@127.0.0.1:{free_port()}/?directConnection=true",
        "MONGODB_TIMEOUT_MS": "200",
        "PORT": "0",
    }
    done = apart(*words, **environ)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("MONGODB_URI: ")
    assert "hunter2" not in done.err


async def test_the_first_roles_are_given_and_said(
    base_settings: Settings, world: World, server: Run
) -> None:
    await places.create(world.deps, NewPlace(path="cc", kind=Kind.CITY, name="长春市"))
    environ = environment(base_settings, base_settings.mongodb_database)

    async def grant(phone: str, place: str) -> Ended:
        words = ("grant", "--role", "administrator", "--place", place, "--phone", phone)
        return await asyncio.to_thread(server, *words, **environ)

    told = "139****1234 is administrator at cc\n"
    assert await grant("13900001234", "cc") == Ended(0, told, "")
    for nowhere in ("cc.nowhere", "xx"):
        done = await grant("13900001234", nowhere)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert done.err.startswith(f"administrator at {nowhere}: ")
    done = await grant("1", "cc")
    assert done == Ended(2, "", "--phone: 1 is not a phone number\n")


async def test_the_first_city_is_founded_with_its_first_administrator(
    base_settings: Settings, world: World, server: Run
) -> None:
    environ = environment(base_settings, base_settings.mongodb_database)

    async def found(place: str, name: str) -> Ended:
        words = ("grant", "--role", "administrator", "--phone", "13900001234")
        wanted = ("--place", place, "--new-city", name)
        return await asyncio.to_thread(server, *words, *wanted, **environ)

    told = "139****1234 is administrator at cc\n"
    for _ in range(2):
        assert await found("cc", "长春市") == Ended(0, told, "")
    [city] = await world.db.places.find().to_list()
    assert (city["_id"], city["kind"], city["name"]) == ("cc", "city", "长春市")
    for place, name in (
        ("cc", "吉林市"),
        ("cc.chaoyang", "朝阳区"),
        ("jl", ""),
        ("jl", "吉林市"),
    ):
        done = await found(place, name)
        assert (done.code, done.out) == (2, "")
    assert await world.db.places.count_documents({}) == 1
    assert await world.db.appointments.count_documents({}) == 1


def test_the_tours_chapters_are_listed_without_anything_running(server: Run) -> None:
    done = server("tour", "help", **NOWHERE)
    assert (done.code, done.err) == (0, "")
    assert "  payment     several bills paid at once" in done.out
    assert "  closed-day  a day of a merchant account" in done.out


def test_no_dead_jobs_are_said_to_be_none(base_settings: Settings, server: Run) -> None:
    environ = environment(base_settings, "test_empty_cli")
    assert server("outbox", "list", **environ) == Ended(0, "no dead jobs\n", "")
    assert server("outbox", "replay", "j1", **environ).err == "No dead job 'j1'\n"


def test_the_contract_is_printed_without_anything_configured(server: Run) -> None:
    text = server("openapi").out
    document = json.loads(text)
    assert document["openapi"].startswith("3.1")
    assert "/healthz" in document["paths"]
    assert text == server("openapi").out


@pytest.mark.parametrize("command", ["web", "worker"])
def test_web_and_worker_end_on_a_signal(
    command: str, base_settings: Settings, server: Run
) -> None:
    environ = environment(base_settings, f"test_{uuid4().hex[:12]}")
    assert server("indexes", "apply", **environ).code == 0
    with subprocess.Popen(
        [sys.executable, "-m", "server", command],
        cwd=ROOT,
        env=environ | {"PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert (
            process.stdout.readline()
            .strip()
            .startswith("http://127.0.0.1:" if command == "web" else "working")
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize("command", ["web", "worker"])
def test_what_only_some_acts_need_is_not_loaded_at_the_start(
    command: str, base_settings: Settings, server: Run, tmp_path: Path
) -> None:
    environ = environment(base_settings, f"test_{uuid4().hex[:12]}")
    assert server("indexes", "apply", **environ).code == 0
    told = tmp_path / "imported"
    with (
        told.open("w") as imported,
        subprocess.Popen(
            [sys.executable, "-v", "-m", "server", command],
            cwd=ROOT,
            env=environ | {"PORT": "0", "OPS_PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=imported,
            text=True,
        ) as process,
    ):
        assert process.stdout
        assert process.stdout.readline()
        process.terminate()
        assert process.wait(20) == 0
    loaded = {*re.findall(r"^import '([^']+)'", told.read_text(), re.MULTILINE)}
    assert f"server.cli.{command}" in loaded
    assert not loaded & {*DEFERRED, *OF_THEIRS}
