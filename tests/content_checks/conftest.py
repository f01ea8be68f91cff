"""Contents of a feature that only tests have, and what it is told at the end of a check."""

import pytest

from services.content_checks.states import CheckState
from services.wechat import client
from tests.build.content_checks import KIND, Told
from tests.build.mailbox import open_push
from tests.build.world import World


@pytest.fixture(autouse=True)
async def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Told:
    """What whose content it is was told at the end of its checks."""
    said: Told = []

    async def end(_deps: object, _tx: object, subject_id: str, state: CheckState) -> None:
        said.append((subject_id, state))

    monkeypatch.setitem(world.deps.features.checked, KIND, end)
    monkeypatch.setattr(client, "BACK_OFF_SECONDS", 0)  # a busy WeChat is asked thrice at once
    await open_push(world)
    return said
