"""docs/reference/sandbox.md says what the sandbox does: routes, cases, signatures."""

from tests.contracts.stage import PROJECT, Control

PAGE = (PROJECT / "docs/reference/sandbox.md").read_text()


async def test_every_route_is_described(control: Control) -> None:
    routes = await control.get("")
    paths = {route.partition(" ")[2] for route in routes}
    assert [path for path in sorted(paths) if path not in PAGE] == []


async def test_every_case_is_listed(control: Control) -> None:
    rows = await control.get("cases")
    wanted = [f"| {number} | {row['title']} |" for number, row in rows.items()]
    assert [line for line in wanted if line not in PAGE] == []
