import json
import pkgutil
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from server import cli
from server.settings import Settings

ROOT = Path(__file__).parents[2]
COMMANDS = [found.name.replace("_", "-") for found in pkgutil.iter_modules(cli.__path__)]


def server(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process with nothing configured but what is given."""
    return subprocess.run(
        [sys.executable, "-m", "server", *words],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_lists_every_command() -> None:
    done = server("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    [command] = cli.load([name])
    assert name == command.NAME
    done = server(name, "--help")
    assert done.returncode == 0
    assert command.HELP[:30] in done.stdout


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
    words: tuple[str, ...], environ: dict[str, str], says: str
) -> None:
    done = server(*words, **environ)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1


def test_unusable_merchant_accounts_name_the_variable(base_settings: Settings) -> None:
    environ = environment(base_settings, uuid4().hex) | {"WXPAY_ACCOUNTS": '[{"key": "firm"}]'}
    done = server("web", "--port", "0", **environ)
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


def test_indexes_are_planned_made_and_verified(base_settings: Settings) -> None:
    environ = environment(base_settings, f"test_{uuid4().hex[:12]}")
    planned = server("indexes", "plan", **environ)
    assert "create collection people" in planned.stdout
    assert server("indexes", "check", **environ).returncode == 1
    assert server("indexes", "apply", **environ).returncode == 0
    assert server("indexes", "check", **environ).returncode == 0
    assert server("indexes", "plan", **environ).stdout == ""


def test_the_contract_is_printed_without_anything_configured() -> None:
    done = server("openapi")
    document = json.loads(done.stdout)
    assert document["openapi"].startswith("3.1")
    assert "/healthz" in document["paths"]
    assert done.stdout == server("openapi").stdout


@pytest.mark.parametrize("command", ["web", "worker"])
def test_web_and_worker_end_on_a_signal(command: str, base_settings: Settings) -> None:
    environ = environment(base_settings, f"test_{uuid4().hex[:12]}")
    assert server("indexes", "apply", **environ).returncode == 0
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
