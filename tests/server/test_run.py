"""The whole product in one process, as a person starts, interrupts, kills and restarts it."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient

from demo.mark import DONE, FOUNDED
from server.cli.run import GRANT, about
from server.settings import Settings
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "server", "run", "--port", "0", "--data-dir", str(folder)],
        cwd=ROOT,
        env={},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def operator_address(process: subprocess.Popen[str]) -> str:
    """Where health and figures are told, as the lines below the first one say."""
    assert process.stdout
    line = next(line for line in process.stdout if "/readyz" in line)
    return line.partition("operator: ")[2].partition("/readyz")[0]


def parts_of(process: subprocess.Popen[str]) -> list[int]:
    own = f"/proc/{process.pid}/task/{process.pid}/children"
    return [os.pidfd_open(int(pid)) for pid in Path(own).read_text().split()]


def ended(processes: list[int]) -> bool:
    ends = [bool(select.select([process], [], [], SAFETY_NET)[0]) for process in processes]
    for process in processes:
        os.close(process)
    return all(ends)


def refusal(folder: Path) -> str:
    with running(folder) as second:
        assert second.wait(SAFETY_NET) == 2
        assert second.stderr
        return second.stderr.read()


def output(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stdout
    assert process.stderr
    return process.stdout.read(), process.stderr.read()


async def moved_clock(folder: Path, wish: dict[str, Any]) -> dict[str, Any]:
    port = (folder / "wechat" / "port").read_text()
    answer = await AsyncHTTPClient().fetch(
        f"http://127.0.0.1:{port}/__ctl/clock", method="POST", body=msgspec.json.encode(wish)
    )
    clock: dict[str, Any] = msgspec.json.decode(answer.body)
    return clock


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run another command on the data folder, as a person does in another terminal."""
    return subprocess.run(
        [sys.executable, "-m", "server", *words],
        cwd=ROOT,
        env={"DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=SAFETY_NET,
        check=False,
    )


async def test_it_answers_while_the_demo_is_made_and_survives_a_kill(folder: Path) -> None:
    (folder / "demo").write_text(FOUNDED)  # laying it is the business of tests/demo
    with running(folder) as process:
        address = first_line(process)
        assert (await AsyncHTTPClient().fetch(f"{address}/healthz")).code == 200
        operator = operator_address(process)
        ready = await AsyncHTTPClient().fetch(f"{operator}/readyz")
        assert msgspec.json.decode(ready.body)["ready"] is True
        assert command(folder, "api").stdout == f"{address}/api/v1\n"
        assert len(command(folder, "token", "admin").stdout.split(".")) == 3  # a JWT
        assert command(folder, "merchants", "probe").returncode == 0  # finds the address itself
        parts = parts_of(process)
        assert len(parts) == 3
        await moved_clock(folder, {"advance_seconds": 86400, "frozen": True})
        process.kill()
        assert ended(parts)
    assert DONE not in (folder / "demo").read_text()

    with running(folder) as process:
        address = first_line(process)
        assert (await AsyncHTTPClient().fetch(f"{address}/openapi.json")).code == 200
        began = time.time()
        clock = await moved_clock(folder, {})
        assert clock["frozen"] is False
        # Or every signature would be refused.
        assert began - 1 < clock["epoch"] < time.time() + 1
        said = refusal(folder)
        assert said.startswith(f"It already runs at {address} (process {process.pid}, ")
        assert said.count("\n") == 1
        parts = parts_of(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(SAFETY_NET) == 0
        assert ended(parts)
        out, err = output(process)
    assert str(folder / "log.txt") in out
    assert "/__ctl" in out
    assert f"make -s token AS=resident DATA_DIR={folder})" in out
    assert f"{address}/api/v1/me" in out
    assert err.endswith("Stopping …\n")
    assert "route=/openapi.json" in (folder / "log.txt").read_text()


def test_an_empty_installation_says_how_its_first_person_comes_in() -> None:
    given = Settings(port=81, data_dir=Path("/srv/a city"))
    complete = given.replace(wx_api_base="http://127.0.0.1:82")
    said = about(given, complete, "http://127.0.0.1:83", has_people=False)
    assert "\n  export DATA_DIR='/srv/a city'\n  . docs/guide.sh\n" in said
    guide = (ROOT / "docs/how-to/set-up-a-city.md").read_text(encoding="utf-8")
    assert f"  {GRANT}\n  ADMIN=$(sign_in mayor 19900030001)\n" in said
    assert GRANT in guide.replace("\\\n    ", "").replace("$CITY", "jl")
    assert "\nfor example: curl -s http://127.0.0.1:81/api/v1/privacy/policies\n" in said
    assert "make token" not in said
    demo = about(given, complete, "http://127.0.0.1:83", has_people=True)
    assert "make token AS=unit DATA_DIR='/srv/a city'\n" in demo
    assert "server grant" not in demo


def test_interrupted_while_starting_it_ends_without_a_word(folder: Path) -> None:
    with running(folder) as process:
        assert process.stderr
        assert process.stderr.readline() == f"Starting on {folder} …\n"
        assert process.stderr.readline().startswith("Making the demo")
        parts = parts_of(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(SAFETY_NET) == 0
        assert ended(parts)
        assert process.stderr.read() == "Stopping …\n"
