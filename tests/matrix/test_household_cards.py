"""Rows about household cards: of the home's heads, and of who lives there."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import household_cards, residencies
from services.kernel.permissions import Permission, Role
from services.visits.cards.models import SAID, CardEntry, CardKind, ConsentWay
from tests.matrix.posts import HOME, HOMES, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
LIVES_THERE: Final = "what is of a home belongs to all who live there"
CARDS: Final = "/api/v1/household-cards"
MINE: Final = "/api/v1/me/household-card"


async def cleared(scene: Scene) -> str:
    """Return no id: the home has an empty card."""
    query = {"home": scene.place}
    await scene.town.world.db[household_cards.COLLECTION].delete_many(query)
    return ""


async def entry(scene: Scene) -> str:
    """Something of the home as a whole."""
    return await _made(scene, CardKind.HAS_DOG)


async def card(scene: Scene) -> dict[str, str]:
    """The home of an entry: only homes have a card."""
    await entry(scene)
    return {"home": scene.place}


async def sensitive(scene: Scene) -> str:
    """Something of one of its people, on paper."""
    return await _made(scene, CardKind.HEALTH)


async def _made(scene: Scene, kind: CardKind) -> str:
    await cleared(scene)
    deps, db = scene.town.world.deps, scene.town.world.db
    rows = await db[residencies.COLLECTION].find({"home": scene.place}).to_list()
    ids = [row["_id"] for row in rows if row["relation"] != "payer"] or ["nobody"]
    now, entry_id = deps.now(), scene.town.new_id()
    about = ids[0] if kind.is_sensitive else ""
    made = CardEntry(
        id=entry_id,
        home=scene.place,
        residency=about,
        residencies=[about] if about else ids,
        people=[],
        kind=kind,
        sensitive=kind.is_sensitive,
        text_sealed=SAID.seal(deps.vault, entry_id, "小狗,不咬人"),
        keeper=f"{Role.UNIT_HEAD}|{scene.place.rpartition('.')[0]}",
        consent=ConsentWay.ON_PAPER,
        consent_at=now,
        role=Role.UNIT_HEAD,
        created_at=now,
        due_at=now + timedelta(days=kind.days),
    )
    return await scene.town.insert(household_cards.COLLECTION, made)


def _lives_there(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if post.may(P.VIEW_HOME, place) else Outcome.MISSING


def own() -> Any:
    return decided(_lives_there, LIVES_THERE, HOME)


def filled_in(scene: Scene, _: Any) -> dict[str, Any]:
    """About oneself: what is said of a home that is let is its tenants' alone."""
    return {"home": scene.place, "kind": "lives_alone", "is_of_home": False}


DOOR: Final = {"consent": "at_door"}
FURNITURE: Final[Furniture] = ((entry, tuple(HOMES)),)
ROWS = (
    Row("get", CARDS, somewhere()),
    Row("get", f"{CARDS}/{{home}}", at(HOME), makes=card),
    Row(
        "post",
        f"{CARDS}/{{home}}/entries",
        at(HOME),
        makes=cleared,
        body={"kind": "has_dog", **DOOR},
    ),
    Row("post", f"{CARDS}/entries/{{entry_id}}/renewal", at(HOME), makes=entry, body=DOOR),
    Row(
        "post",
        f"{CARDS}/entries/{{entry_id}}/removal",
        at(HOME),
        makes=entry,
        body={"reason": "asked"},
    ),
    Row(
        "post",
        f"{CARDS}/entries/{{entry_id}}/reveal",
        at(HOME),
        makes=sensitive,
        body={"reason": "care"},
    ),
    Row(
        "get",
        MINE,
        everyone(),
        past="what is of a home is of who lives there",
        bare="the rows beside it empty the cards",
    ),
    Row("post", f"{MINE}/entries", own(), makes=cleared, body=filled_in),
    Row(
        "post",
        f"{MINE}/entries/{{entry_id}}/correction",
        own(),
        makes=entry,
        body={"text": "不咬人"},
    ),
    Row("post", f"{MINE}/entries/{{entry_id}}/renewal", own(), makes=entry),
    Row("post", f"{MINE}/entries/{{entry_id}}/withdrawal", own(), makes=entry),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
