"""Photos in requests: each field says for which purpose they are uploaded."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from server.app import ROUTES
from server.contract import document
from services.photos.models import PhotoPurpose

CONTRACT: Final[dict[str, Any]] = msgspec.to_builtins(document(ROUTES))
FIELDS: Final = ("photo_id", "photo_ids", "before", "after")


def sent() -> Iterator[tuple[str, str]]:
    """Yield field of a request and what is said of it, wherever photos are named."""
    for name, schema in sorted(CONTRACT["components"]["schemas"].items()):
        if schema.get("additionalProperties") is not False:
            continue  # what is seen, and not sent
        for field in FIELDS:
            if field in schema.get("properties", {}):
                yield f"{name}.{field}", schema["properties"][field].get("description", "")


def test_each_field_of_photos_names_its_purpose() -> None:
    found = dict(sent())
    assert len(found) > 10
    named = [f"purpose `{purpose}`" for purpose in PhotoPurpose]
    assert not {field for field, said in found.items() if not any(n in said for n in named)}
