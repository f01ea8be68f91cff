"""Routes: each is found in its handler's module, and none is hidden by another."""

import ast
import re

import pytest

from handlers.http.contract import Route
from scripts.shape import SourceTree
from server.app import ROUTES
from server.ops import OPERATOR_ROUTES


def hidden(routes: list[Route]) -> list[str]:
    """Return the paths that lead to another route, which stands before theirs."""
    lost = []
    for route in routes:
        asked = re.sub(r"\{\w+\}", "01JZZZ", route.path)
        first = next(each for each in routes if re.fullmatch(each.pattern, asked))
        if first is not route:
            lost.append(f"{route.path} leads to {first.path}")
    return lost


@pytest.mark.parametrize("routes", [ROUTES, OPERATOR_ROUTES], ids=["product", "operator"])
def test_no_route_is_hidden_by_another(routes: list[Route]) -> None:
    assert not hidden(routes)


def test_a_hidden_route_is_found() -> None:
    kind = ROUTES[0].handler
    wide, narrow = Route("/homes/{home}", kind), Route("/homes/mine", kind)
    assert hidden([wide, narrow]) == ["/homes/mine leads to /homes/{home}"]
    assert not hidden([narrow, wide])
    assert hidden([wide, Route("/homes/{name}", kind)])


def test_every_handler_that_is_written_has_a_route(source_tree: SourceTree) -> None:
    written = {
        (module.name, node.name)
        for module in source_tree.of("handlers")
        if not module.name.startswith("handlers.http.")
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Handler")
    }
    served = {
        (kind.__module__, kind.__name__) for route in ROUTES for kind in route.handler.__mro__
    }
    assert written
    assert sorted(written - served) == []
