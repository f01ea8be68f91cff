"""Content checks: who reads what waits for a person, and who decides."""

from typing import Final

import pytest

from mongo_indexes import content_checks
from services.content_checks.models import TEXT, ContentCheck, Finding
from services.content_checks.states import CheckState
from tests.build.content_checks import DOUBTFUL, KIND, register
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def doubtful(scene: Scene) -> str:
    """What somebody wrote who is not of the matrix, of which WeChat is not sure."""
    deps, check_id = scene.town.world.deps, scene.town.new_id()
    register(deps)
    subject = f"{KIND}:{check_id}"
    made = ContentCheck(
        id=check_id,
        subject=subject,
        open_key=subject,
        place=scene.place,
        author=scene.town.new_id(),
        state=CheckState.DOUBTFUL,
        text_sealed=TEXT.seal(deps.vault, check_id, DOUBTFUL),
        pieces=1,
        found={"text_0": Finding.REVIEW},
        created_at=deps.now(),
    )
    return await scene.town.insert(content_checks.COLLECTION, made)


FURNITURE: Final[Furniture] = ((doubtful, (*HOMES, *COMPOUNDS)),)
ROWS = (
    Row("get", "/api/v1/content-checks", somewhere()),
    Row("get", "/api/v1/content-checks/{check_id}", at(HOME, COMPOUND), makes=doubtful),
    Row(
        "post",
        "/api/v1/content-checks/{check_id}/decision",
        at(HOME, COMPOUND),
        makes=doubtful,
        body={"passed": True, "reason": "是正常的提问"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
