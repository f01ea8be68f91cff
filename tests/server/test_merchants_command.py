"""`python -m server merchants`: two people change accounts at the machine."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server import cli
from server.settings import Settings
from services.kernel.days import wall_clock
from services.merchants.models import Identity
from tests.build.merchants import keys_of
from tests.build.world import World

SERIAL = "5157F09EFDC096DE15EBE81A47057A72"
Command = Callable[..., Coroutine[Any, Any, tuple[int, str, str]]]


@pytest.fixture
def command(
    _operator: None,
    base_settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Command:
    """Run the command; return its exit code, and what it wrote to each stream."""
    monkeypatch.setenv("WXPAY_API_BASE", base_settings.wxpay_api_base)

    async def merchants(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = await asyncio.to_thread(cli.main, ["merchants", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return merchants


@pytest.fixture
def file(world: World, tmp_path: Path) -> Path:
    """A new account as the operator writes it down, with its keys."""
    account = world.deps.merchants["firm"].account
    identity = msgspec.convert(account, Identity, from_attributes=True)
    wish = {**msgspec.to_builtins(identity), "keys": keys_of(account)}
    return written(tmp_path / "anju.json", wish)


def written(path: Path, wish: Any) -> Path:
    path.write_bytes(msgspec.json.encode(wish))
    return path


def read(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


def because(who: str) -> tuple[str, ...]:
    return "--by", who, "--reason", "企业申请"


async def approved(command: Command, *wish: str) -> str:
    """Let one person propose a change and another one approve it; return what was said."""
    code, told, errors = await command("propose", *wish, *because("Li"))
    assert code == 0, errors
    code, said, errors = await command("approve", told.split()[0], *because("Mei"))
    assert code == 0, errors
    return said


async def test_an_account_is_added_rotated_and_switched_off(
    world: World, command: Command, file: Path
) -> None:
    said = await approved(command, "add", "anju", "--file", str(file))
    assert said == "add of anju: approved\n"
    wish = read(file)
    _, told, _ = await command("list")
    facts = [wish["name"], wish["mchid"], wish["keys"]["serial"]]
    assert told.splitlines()[0] == "\t".join(["anju", *facts, "on"])
    keys = {**wish["keys"], "serial": SERIAL}
    file = written(file.with_name("keys.json"), keys)
    until = ("--old-until", "2099-12-31")
    await approved(command, "rotate", "anju", "--file", str(file), *until)
    assert (await approved(command, "switch_off", "anju")).startswith("switch_off of anju")
    _, told, _ = await command("list")
    assert told.splitlines()[0].split("\t")[3:] == [SERIAL, "off, orders left: not counted yet"]
    row = await world.db.merchants.find_one({"_id": "anju"})
    assert row is not None
    assert (row["earlier_serial"], row["earlier_until"]) == (facts[2], "2099-12-31")
    people = await world.db.audit.distinct("person")
    assert {"command line: li", "command line: mei"} <= {*people}


async def test_whoever_proposed_does_not_approve_in_other_letters(
    world: World, command: Command, file: Path
) -> None:
    wish = ("add", "anju", "--file", str(file))
    _, told, _ = await command("propose", *wish, *because("Li"))
    change = told.split()[0]
    code, _, errors = await command("approve", change, *because(" li "))
    assert (code, errors.partition(":")[0]) == (cli.CANNOT_START, "same_person")
    _, listed, _ = await command("list")
    assert f"waits: {change}\tadd\tanju\tcommand line: li\n" in listed
    code, said, _ = await command("refuse", change, *because("Li"))
    assert (code, said) == (0, "add of anju: refused\n")
    assert await world.db.merchants.count_documents({}) == 0


@pytest.mark.parametrize("broken", ["no JSON", "no keys", "a key that is none"])
async def test_a_file_that_cannot_be_used_is_refused_and_not_shown(
    world: World, command: Command, file: Path, broken: str
) -> None:
    wish = read(file)
    secret = wish["keys"]["private_key_pem"]
    match broken:
        case "no JSON":
            written(file, msgspec.Raw(secret.encode()))
        case "no keys":
            written(file, {**wish, "keys": [secret]})
        case _:
            written(file, {**wish, "keys": {**wish["keys"], "api_v3_key": "short"}})
    code, told, errors = await command(
        "propose", "add", "anju", "--file", str(file), *because("Li")
    )
    assert (code, told, bool(errors)) == (cli.CANNOT_START, "", True)
    assert secret[40:90] not in errors
    assert await world.db.merchant_changes.count_documents({}) == 0


async def test_accounts_are_looked_at_and_one_that_fails_is_the_exit_code(
    world: World, command: Command, file: Path
) -> None:
    """The address for notices leads nowhere here, all else is as it should be."""
    now = wall_clock().isoformat()  # the command's: WeChat takes no signature of another day
    await world.wechat.do("clock", now=now, frozen=True)
    await approved(command, "add", "anju", "--file", str(file))
    code, told, _ = await command("probe")
    found = {tuple(line.split("\t")[:3]) for line in told.splitlines() if "\t" in line}
    assert code == 1
    assert ("FAILED", "anju", "call_back") in found
    assert ("ok", "anju", "signing") in found
    assert [state for state, *_ in found].count("FAILED") == 1


@pytest.mark.usefixtures("world")
async def test_accounts_of_the_environment_are_listed_as_such(
    command: Command, base_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [each for each in base_settings.wxpay_accounts if each["key"] == "firm"]
    monkeypatch.setenv("WXPAY_ACCOUNTS", msgspec.json.encode(given).decode())
    code, told, _ = await command("list")
    assert (code, told.splitlines()[0].split("\t")[::4]) == (0, ["firm", "of WXPAY_ACCOUNTS"])
