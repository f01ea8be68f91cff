"""Lists about contents: what residents wrote and a person has to judge."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import content_checks
from services.content_checks.models import REASON, TEXT, ContentCheck, Finding
from services.content_checks.states import OPEN, CheckState
from services.kernel.documents import to_document
from services.kernel.paths import covers
from tests.build.cast import COMMUNITY, COMPOUND, NEXT_UNIT, OTHER_COMPOUND, SUN_HOME, Estate
from tests.build.content_checks import KIND
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

S = CheckState


async def of_checks(estate: Estate) -> Case:
    deps, now = estate.world.deps, estate.world.clock.now
    states = [S.DOUBTFUL, S.DOUBTFUL, S.DOUBTFUL, S.PENDING, S.REFUSED]
    places = [COMPOUND, OTHER_COMPOUND, SUN_HOME]
    made = []
    for number in range(15):
        check_id, state = deps.new_id(), states[number % 5]
        is_over = state not in OPEN
        check = ContentCheck(
            id=check_id,
            subject=f"{KIND}:{number}",
            open_key=None if is_over else f"{KIND}:{number}",
            place=places[number // 2 % 3],
            author="somebody",
            state=state,
            text_sealed=TEXT.seal(deps.vault, check_id, FORMULA),
            pieces=1,
            found={"text_0": Finding.REVIEW},
            # what was decided has a reason; and a person looks once more at what is doubtful
            reason_sealed=REASON.seal(deps.vault, check_id, FORMULA),
            # two of each instant: ties
            created_at=now - timedelta(days=number // 2),
            ended_at=now if is_over else None,
            expires_at=now + timedelta(days=30) if is_over else None,
        )
        made.append(to_document(check))
    await estate.world.db[content_checks.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path="/api/v1/content-checks",
        place=COMMUNITY,
        filters=[
            {"state": "refused"},
            {"state": "pending", "place": COMPOUND},
            {"place": NEXT_UNIT},
        ],
        orders={"oldest": "created_at,check_id", "newest": "-created_at,-check_id"},
        rows=9,
        matches={"place": lambda item, value: covers(value, item["place"])},
        unless={"state": lambda item: item["state"] == "doubtful"},
    )


MAKERS: Final[dict[str, Maker]] = {"content_checks": of_checks}


@pytest.mark.parametrize("name", MAKERS)
async def test_the_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))
