"""The pages about WeChat and its stand-in name every control route and every case."""

import re

from tests.contracts.stage import PROJECT, Control

SANDBOX = (PROJECT / "docs/reference/sandbox.md").read_text(encoding="utf-8")
WECHAT = (PROJECT / "docs/reference/wechat.md").read_text(encoding="utf-8")


async def test_every_route_is_described(control: Control) -> None:
    routes = await control.get("")
    paths = {route.partition(" ")[2] for route in routes}
    assert [path for path in sorted(paths) if path not in SANDBOX] == []


async def test_every_case_is_listed(control: Control) -> None:
    rows = await control.get("cases")
    listed = re.findall(r"^\| (\d+) \| (.*?) \| (.+) \|$", WECHAT, re.MULTILINE)
    assert {number: title for number, title, _ in listed} == {
        number: row["title"] for number, row in rows.items()
    }
