"""Rows that the stand-in keeps on the disk, from one version of it to the next."""

import sqlite3
from pathlib import Path

import msgspec

from sandbox.records import Settings
from sandbox.store import Store


def test_a_row_kept_by_another_version_is_read(tmp_path: Path) -> None:
    """`make run` on the data of an earlier version: a field may be gone, another be new."""
    path = tmp_path / "world.db"
    store = Store(path)
    store.settings.save("settings", Settings(notify_timeout_seconds=7))
    store.close()
    with sqlite3.connect(path) as db:
        [(body,)] = db.execute("SELECT body FROM rows WHERE kind = 'settings'")
        kept = msgspec.json.decode(body)
        del kept["risky_words"]
        changed = msgspec.json.encode({**kept, "of_a_later_version": True})
        db.execute("UPDATE rows SET body = ? WHERE kind = 'settings'", (changed,))
    db.close()
    again = Store(path)
    found = again.settings.get("settings")
    again.close()
    assert found == Settings(notify_timeout_seconds=7)
