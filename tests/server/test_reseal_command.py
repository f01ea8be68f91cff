"""`python -m server reseal` after a new key was written first."""

import asyncio
import os
from base64 import b64encode

import pytest

from server import cli
from server.settings import Settings


def operate(monkeypatch: pytest.MonkeyPatch, settings: Settings, **keys: bytes) -> None:
    """Put the settings of a machine into its environment."""
    packed = ", ".join(f'"{name}": "{b64encode(key).decode()}"' for name, key in keys.items())
    environ = {
        "MONGODB_URI": settings.mongodb_uri,
        "MONGODB_DATABASE": settings.mongodb_database,
        "REDIS_URL": settings.redis_url,
        "PUBLIC_URL": "http://127.0.0.1:1",
        "WX_APPID": settings.wx_appid,
        "WX_SECRET": settings.wx_secret,
        "WX_API_BASE": settings.wx_api_base,
        "SECRET_KEYS": f"{{{packed}}}",
    }
    monkeypatch.setattr(os, "environ", environ)


@pytest.mark.usefixtures("estate")
async def test_it_says_what_it_renewed_and_stops_at_what_it_cannot_open(
    base_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    operate(monkeypatch, base_settings, k2=b"n" * 32, k1=b"k" * 32)
    assert await asyncio.to_thread(cli.main, ["reseal"]) == 0
    told = capsys.readouterr()
    assert "residencies: 10 sealed, 10 renewed\n" in told.out
    assert told.out.endswith("everything is sealed under k2\n")
    assert "residencies" in told.err  # how far it is, while it works

    operate(monkeypatch, base_settings, k3=b"o" * 32, k1=b"k" * 32)  # k2 was dropped too early
    assert await asyncio.to_thread(cli.main, ["reseal"]) == 2
    assert "SECRET_KEYS: sealed under unknown key 'k2'\n" in capsys.readouterr().err
