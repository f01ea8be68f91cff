import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from server.embedded.folders import claim, throwaway_folder
from server.settings import Settings


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder in memory, safe from whoever removes what killed tests left behind."""
    memory = throwaway_folder()
    with claim(memory, "a test"):
        (memory / "pid").touch()  # should we be killed: this is one to remove
        (memory / "data").mkdir()
        yield memory / "data"
        rmtree(memory)


@pytest.fixture
def _operator(base_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of an operator: everything is in the environment."""
    keys = {name: b64encode(key).decode() for name, key in base_settings.secret_keys.items()}
    environ = {
        "MONGODB_URI": base_settings.mongodb_uri,
        "MONGODB_DATABASE": base_settings.mongodb_database,
        "REDIS_URL": base_settings.redis_url,
        "PUBLIC_URL": "http://127.0.0.1:1",
        "WX_APPID": base_settings.wx_appid,
        "WX_SECRET": base_settings.wx_secret,
        "WX_API_BASE": base_settings.wx_api_base,
        "SECRET_KEYS": str(keys).replace("'", '"'),
    }
    monkeypatch.setattr(os, "environ", environ)
