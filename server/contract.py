"""Contract of the product: the OpenAPI document with what the features registered."""

from collections.abc import Sequence
from typing import Any, Final

from handlers.http import openapi
from handlers.http.contract import Route
from server.features import FEATURES

TITLE: Final = "三长通"
VERSION: Final = "1"


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the document of these routes."""
    names = {"TemplateKey": FEATURES.templates}
    return openapi.document(routes, title=TITLE, version=VERSION, names=names)
