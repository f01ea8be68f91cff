"""Dependencies: pinned, each with a reason, from no named index, none that is outgrown."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]
COMPILED = ("requirements.txt", "requirements-dev.txt")
ASKED = ("requirements.in", "requirements-dev.in")
OWN = ("server", "handlers", "services", "mongo_indexes", "demo", "sandbox")

# Below these a known hole is open, or the asyncio API we use is missing.
FLOORS = {
    "tornado": "6.5.8",
    "pyjwt": "2.13",
    "cryptography": "46",
    "pymongo": "4.20",
    "redis": "8",
    "requests": "2.32.4",
    "urllib3": "2.5",
    "certifi": "2024.7.4",
    "jinja2": "3.1.6",
    "setuptools": "78.1.1",
}
OUTGROWN = {"motor", "aioredis", "swagger-ui-bundle", "pycrypto", "python-jose"}


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def pins(name: str) -> dict[str, str]:
    found = (re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line) for line in lines(name))
    return {match[1].lower(): match[2] for match in found if match}


def asked(name: str) -> list[str]:
    return [line for line in lines(name) if line and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("name", COMPILED)
def test_every_line_is_pinned(name: str) -> None:
    wanted = [line for line in lines(name) if line and not line.lstrip().startswith("#")]
    assert len(pins(name)) == len(wanted)


@pytest.mark.parametrize("name", COMPILED)
def test_nothing_outgrown_comes_back(name: str) -> None:
    assert not OUTGROWN & pins(name).keys()


@pytest.mark.parametrize("name", COMPILED)
def test_nothing_is_older_than_its_floor(name: str) -> None:
    pinned = pins(name)
    low = {n for n, floor in FLOORS.items() if Version(pinned[n]) < Version(floor)}
    assert not low


@pytest.mark.parametrize("name", [*COMPILED, *ASKED])
def test_no_index_is_named(name: str) -> None:
    text = "\n".join(lines(name))
    assert "://" not in text
    assert not re.search(r"--(index-url|extra-index-url|find-links|trusted-host)", text)


@pytest.mark.parametrize("name", ASKED)
def test_every_wish_has_a_reason(name: str) -> None:
    assert [line for line in asked(name) if "  # " not in line] == []


@pytest.mark.parametrize(("wish", "compiled"), [*zip(ASKED, COMPILED, strict=True)])
def test_every_reason_stands_beside_its_pin(wish: str, compiled: str) -> None:
    text = "\n".join(lines(compiled))
    for line in asked(wish):
        name = re.split(r"[^A-Za-z0-9._-]", line)[0]
        reason = line.split("  # ")[1]
        assert re.search(
            rf"^# {re.escape(reason)}\n{name}==", text, re.IGNORECASE | re.MULTILINE
        ), name


@pytest.mark.parametrize(("name", "instead"), [("pymongo", "motor"), ("redis", "aioredis")])
def test_the_successors_say_whom_they_succeed(name: str, instead: str) -> None:
    text = "\n".join(lines("requirements.txt"))
    assert re.search(rf"^# .*instead of {instead}, .*\n{name}==", text, re.MULTILINE)


@pytest.mark.slow
def test_everything_imported_is_asked_for() -> None:
    """What only comes along with something else may be gone tomorrow."""
    wishes = {re.split(r"[^a-z0-9-]", line.lower())[0] for line in asked("requirements.in")}
    owners = packages_distributions()
    missing = {
        module
        for module in imported()
        if module not in OWN
        and module not in sys.stdlib_module_names
        and not {owner.lower().replace("_", "-") for owner in owners[module]} & wishes
    }
    assert not missing


def imported() -> set[str]:
    found: set[str] = set()
    for file in (file for name in OWN for file in (ROOT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    found |= {name.name.split(".")[0] for name in names}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module.split(".")[0])
    return found
