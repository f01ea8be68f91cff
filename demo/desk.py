"""Control desk of the WeChat stand-in: acts as the person who holds the phone."""

from typing import Any

from demo.client import fetch

LOOPBACK = "http://127.0.0.1"


def is_stand_in(base: str) -> bool:
    """Whether this is the stand-in's address: nothing is invented in front of real WeChat."""
    return base.startswith(LOOPBACK)


class Desk:
    def __init__(self, base: str) -> None:
        self._base = base

    async def act(self, path: str, **wish: Any) -> Any:
        """Do what a person does in WeChat: show a code, pay, allow messages."""
        return await fetch("POST", f"{self._base}/__ctl/{path}", wish)

    async def look(self, path: str) -> Any:
        """Return what WeChat knows: requests that came in, messages that were delivered."""
        return await fetch("GET", f"{self._base}/__ctl/{path}")
