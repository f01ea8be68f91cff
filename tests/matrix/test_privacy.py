"""Rows about privacy: what is held about people, and what they agreed to."""

import pytest

from mongo_indexes import erasures
from services.consents.policies import CURRENT, PolicyKey
from services.kernel.permissions import RUNGS, Permission
from services.privacy.erasures.models import Erasure
from tests.matrix import makers
from tests.matrix.posts import HOME, UNIT, Position, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, public
from tests.matrix.town import Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
THIS = CURRENT[PolicyKey.PRIVACY].version
REVEAL = {"fields": ["phone", "name"], "reason": "urgent_repair"}


def free_to_go(post: Post, _: str) -> Outcome:
    """Whoever holds an office, or will, leaves it before they are erased."""
    over = {Position.EXPIRED, Position.FORMER}
    offices = [] if post.position in over else [r for r, _ in post.roles if r in RUNGS]
    return Outcome.LANDED if offices else Outcome.ALLOWED


async def privacy_policy(_: Scene) -> str:
    return "privacy"


async def erasure(scene: Scene) -> str:
    made = Erasure(
        id=scene.town.new_id(),
        person=scene.owner.person_id,
        asked_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(erasures.COLLECTION, made)


ROWS = (
    Row("get", "/api/v1/privacy/policies", public(), bare="three texts"),
    Row("get", "/api/v1/me/consents", everyone()),
    Row("post", "/api/v1/me/consents", everyone(), body={"policy": "privacy", "version": THIS}),
    Row(
        "post",
        "/api/v1/me/consents/{policy}/withdrawal",
        everyone(),
        makes=privacy_policy,
        twin=True,
    ),
    # By somebody who asked for nothing yet: one's own refused questions name other places.
    Row(
        "post",
        "/api/v1/me/export",
        everyone(),
        past="where one lived is one's own",
        twin=True,
    ),
    Row(
        "post",
        "/api/v1/me/deletion",
        decided(free_to_go, "an office is handed over before its holder is erased"),
        body={"confirm": "注销"},
        land=(409, "still_in_office"),
        because="an office is left first",
        twin=True,
    ),
    Row(
        "get",
        "/api/v1/erasures/{erasure_id}",
        public(),
        makes=erasure,
        bare="parts of anybody's account",
    ),
    Row(
        "post",
        "/api/v1/residencies/{residency_id}/reveal",
        at(HOME, seen=(P.VIEW_RESIDENTS,)),
        makes=makers.resident,
        body=REVEAL,
    ),
    Row(
        "post",
        "/api/v1/appointments/{appointment_id}/reveal",
        at(UNIT, seen=(P.VIEW_RESIDENTS,)),
        makes=makers.office,
        body=REVEAL,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
