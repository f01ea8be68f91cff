"""Rows about accounts: sessions, the phone, browsers."""

from datetime import timedelta
from typing import Any

import pytest

from mongo_indexes import browser_sign_ins
from services.browser_sign_ins import codes
from services.browser_sign_ins.models import LIFE, BrowserSignIn
from services.browser_sign_ins.states import BrowserState
from services.kernel.permissions import STAFF_ROLES
from tests.matrix import makers
from tests.matrix.posts import Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, decided, everyone, mine, public
from tests.matrix.town import Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


NO_ACT = "signs in or refreshes: whoever asks is nobody yet, the service writes its own rows"


def works_here(post: Post, _: str) -> Outcome:
    staff = any(grant.role in STAFF_ROLES for grant in post.actor.grants)
    return Outcome.ALLOWED if staff else Outcome.FORBIDDEN


def scanned(scene: Scene, made: str) -> dict[str, Any]:
    return {"scene": scene_of(scene, made)}


def answer(scene: Scene, made: str) -> dict[str, Any]:
    return {**scanned(scene, made), "allow": True, "number": "07"}


async def login_code(scene: Scene) -> str:
    return await scene.town.world.wechat.login_code(scene.owner.name)


async def phone_code(scene: Scene) -> str:
    return await scene.town.world.wechat.phone_code(scene.owner.name, makers.phone(scene))


async def session(scene: Scene) -> str:
    return (await scene.town.seats.session(scene.owner)).id


async def code(scene: Scene) -> str:
    """A browser's code that waits for its answer; nobody's in particular."""
    return await scene.town.insert(browser_sign_ins.COLLECTION, _code(scene))


async def confirmed_code(scene: Scene) -> str:
    """A code with which the owner confirmed the session they ask with."""
    made = _code(scene)
    made.state, made.answered_at = BrowserState.USED, made.asked_at
    made.person, made.session = scene.owner.person_id, scene.owner.session_id
    return await scene.town.insert(browser_sign_ins.COLLECTION, made)


def _code(scene: Scene) -> BrowserSignIn:
    deps = scene.town.world.deps
    code_id = scene.town.new_id()
    return BrowserSignIn(
        id=code_id,
        device="Firefox",
        number="07",
        secret_index=codes.secret_index(deps, code_id),
        scene_index=codes.scene_index(deps, scene_of(scene, code_id)),
        asked_at=deps.now(),
        expires_at=deps.now() + LIFE - timedelta(seconds=1),
    )


def scene_of(scene: Scene, code_id: str) -> str:
    return codes.scene_of(scene.town.world.deps, code_id)


ROWS = (
    Row(
        "post",
        "/api/v1/sessions/wechat",
        public(),
        body={"code": "nobody gave it"},
        land=(422, "wechat_code_refused"),
        because="codes of WeChat are single use: tests/handlers/test_sessions.py uses them",
        silent=NO_ACT,
    ),
    Row(
        "post",
        "/api/v1/sessions/refresh",
        public(),
        body={"refresh_token": "k1.nobody.0.gave"},
        land=(401, "unauthenticated"),
        because="a refresh token is what proves it: tests/handlers/test_sessions.py has some",
        silent=NO_ACT,
    ),
    Row("delete", "/api/v1/sessions/current", everyone(), twin=True),
    Row(
        "post",
        "/api/v1/sessions/current/confirmation",
        everyone(),
        makes=login_code,
        body=lambda _, made: {"code": made},
    ),
    Row("get", "/api/v1/me/sessions", everyone()),
    Row("delete", "/api/v1/me/sessions", everyone(), twin=True),
    Row("delete", "/api/v1/me/sessions/{session_id}", mine(), makes=session),
    Row("post", "/api/v1/browser-sign-ins", public(), silent=NO_ACT),
    Row(
        "get",
        "/api/v1/browser-sign-ins/{sign_in_id}/code",
        public(),
        makes=code,
        bare="a picture",
    ),
    Row(
        "post",
        "/api/v1/browser-sign-ins/{sign_in_id}/session",
        public(),
        makes=code,
        body=lambda _, made: {"secret": made},
        land=(409, "sign_in_waiting"),
        because="nobody has answered: tests/handlers/test_browser.py answers",
        silent=NO_ACT,
    ),
    Row(
        "post",
        "/api/v1/browser-sign-ins/look",
        everyone(),
        makes=code,
        body=scanned,
    ),
    Row(
        "post",
        "/api/v1/browser-sign-ins/answer",
        decided(works_here, "a browser lets in whoever works here, wherever that is"),
        makes=code,
        body=answer,
    ),
    Row("post", "/api/v1/sessions/current/confirmation-codes", everyone()),
    Row(
        "get",
        "/api/v1/sessions/current/confirmation-codes/{sign_in_id}",
        mine(),
        makes=confirmed_code,
        bare="two instants",
    ),
    Row("get", "/api/v1/me", everyone()),
    Row(
        "post",
        "/api/v1/me/phone",
        everyone(),
        makes=phone_code,
        body=lambda _, made: {"code": made},
        twin=True,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
