import json
import os
import pkgutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from server import cli
from server.settings import Settings

ROOT = Path(__file__).parents[2]
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
        (("run",), {"PORT": "eighty"}, "PORT: Expected `int`"),
        (("run", "--port", "99999"), {}, "PORT: choose a number"),
        (("web",), {}, "Set MONGODB_URI, REDIS_URL"),
        (("worker",), {}, "Set MONGODB_URI, REDIS_URL"),
        (("worker", "--concurrency", "0"), {}, "WORKER_CONCURRENCY: choose"),
        (("indexes", "plan"), {}, "Set MONGODB_URI"),
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


def test_unusable_merchant_accounts_name_the_variable(base_settings: Settings) -> None:
    environ = environment(base_settings, uuid4().hex) | {"WXPAY_ACCOUNTS": '[{"key": "firm"}]'}
    done = subprocess.run(
        [sys.executable, "-m", "server", "web", "--port", "0"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("WXPAY_ACCOUNTS: ")
    assert done.stderr.count("\n") == 1


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
    assert server("indexes", "apply", **environ).code == 0
    assert server("indexes", "check", **environ) == Ended(0, "", "")
    assert server("indexes", "plan", **environ).out == ""


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
