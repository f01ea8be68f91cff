"""The product inside: its own dependencies and settings."""

from typing import Any, NamedTuple

from services.dependencies import Dependencies


class Site(NamedTuple):
    """`wechat`: address of the stand-in. `keys`: what was asked to be kept between tasks."""

    deps: Dependencies
    wechat: str
    environ: dict[str, str]
    kept: dict[str, Any]
