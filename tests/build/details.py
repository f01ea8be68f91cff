"""Check of failures' `details` against what the class of their code declares."""

from collections.abc import Mapping
from typing import Any

import msgspec

from handlers.http.failures import details_by_code


def check(headers: Mapping[str, str], body: Any) -> None:
    """Raise when a problem tells something undeclared, or not what is declared."""
    if "problem+json" not in headers.get("Content-Type", "") or body is None:
        return
    declared, told = details_by_code().get(body["code"]), body["details"]
    if declared is None:
        assert told == {}, (body["code"], told)
        return
    assert told.keys() <= set(declared.__struct_fields__), (body["code"], told)
    msgspec.convert(told, declared)
