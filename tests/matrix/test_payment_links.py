"""Rows about payment links: who makes them, and who pays by them."""

from dataclasses import replace
from typing import Final

import pytest

from mongo_indexes import payment_links, residencies
from services.kernel.permissions import Permission, Role
from services.payments.links.models import LINK_LIFE, TOKEN, PaymentLink, token_index
from tests.matrix import makers
from tests.matrix.posts import HOME, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, decided, everyone, mine
from tests.matrix.test_homes import FAR_AWAY, home
from tests.matrix.town import Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

PAYS: Final = "bills of a home of theirs, or repairs that they ordered"
SHOWN: Final = "what is owed by the link, and neither home nor people"


def pays(post: Post, place: str) -> Outcome:
    if post.may(Permission.PAY_BILLS, place):
        return Outcome.ALLOWED
    return Outcome.MISSING if post.places(Permission.PAY_BILLS) else Outcome.FORBIDDEN


def opens(link_id: str) -> str:
    """Return what opens a link: as long as a code can hold."""
    return f"t{link_id[-20:]}"


async def owing_bill(scene: Scene) -> str:
    return (await makers.bill(scene)).id


async def link(scene: Scene, person: str = "") -> str:
    """A link of the owner's, or of somebody else, to a bill of the home."""
    deps, bill, link_id = scene.town.world.deps, await makers.bill(scene), scene.town.new_id()
    now, token = deps.now(), opens(link_id)
    made = PaymentLink(
        id=link_id,
        person=person or scene.owner.person_id,
        token_index=token_index(deps.vault, token),
        token_sealed=TOKEN.seal(deps.vault, link_id, token),
        place=bill.home,
        bill_ids=[bill.id],
        payee_name=bill.payee_name,
        created_at=now,
        expires_at=now + LINK_LIFE,
        forget_at=now + LINK_LIFE,
    )
    return await scene.town.insert(payment_links.COLLECTION, made)


async def token(scene: Scene) -> str:
    """What opens a link that an owner far away handed on, for whoever has it."""
    far = replace(scene, place=await home(replace(scene, place=FAR_AWAY)))
    person = scene.town.new_id()
    owner = scene.town.seats.residency(
        far.place, Role.OWNER, phone=f"+86{makers.phone(scene)}", person=person
    )
    await scene.town.insert(residencies.COLLECTION, owner)
    return opens(await link(far, person))


ROWS = (
    Row("get", "/api/v1/payment-links", everyone(), bare="ids of one's own links and bills"),
    Row(
        "post",
        "/api/v1/payment-links",
        decided(pays, PAYS, HOME),
        makes=owing_bill,
        body=lambda _, made: {"bill_ids": [made]},
    ),
    Row("delete", "/api/v1/payment-links/{link_id}", mine(), makes=link),
    Row(
        "get",
        "/api/v1/payment-links/{link_id}/code",
        mine(),
        makes=link,
        bare="a picture, as WeChat draws it",
    ),
    Row(
        "post",
        "/api/v1/payment-links/opened",
        everyone(),
        makes=token,
        body=lambda _, made: {"token": made},
        silent="a look at what is owed changes nothing",
        beyond=SHOWN,
    ),
    Row(
        "post",
        "/api/v1/payment-links/payments",
        everyone(),
        makes=token,
        body=lambda _, made: {"token": made},
        beyond=SHOWN,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
