"""Requests about Li's home by an office: visits, cards, promises, and notices told there."""

from typing import Any

from services.kernel.acts import Act
from tests.build.cast import LI_HOME, UNIT, Estate
from tests.build.deeds import Ask, send
from tests.build.notices import QUESTION, delivered


async def planned(_: Estate) -> Ask:
    body = {"home": LI_HOME, "purpose": "greeting", "day": "2026-03-09"}
    return Ask("/api/v1/visits", body)


async def made(_: Estate) -> Ask:
    body = {"home": LI_HOME, "purpose": "greeting", "outcome": "met"}
    return Ask("/api/v1/visits/unplanned", body)


async def of_one_office(estate: Estate, wanted: Ask) -> Any:
    """Let the head keep something; who is refused and the colleague hold the office too."""
    head, held = await estate.member("head"), estate.world.db.appointments
    office = await held.find_one({"role": "unit_head", "place": UNIT})
    for who in ("staff", "admin"):
        also = {"_id": f"also-{who}", "person": (await estate.member(who)).person_id}
        await held.insert_one({**(office or {}), **also})
    kept = await send(estate, wanted, head)
    assert kept.status == 201, kept.body
    return kept.body


async def postponed(estate: Estate) -> Ask:
    kept = await of_one_office(estate, await planned(estate))
    return Ask(f"/api/v1/visits/{kept['visit_id']}/day", {"day": "2026-03-10"})


async def cancelled(estate: Estate) -> Ask:
    kept = await of_one_office(estate, await planned(estate))
    return Ask(f"/api/v1/visits/{kept['visit_id']}/cancel")


async def promised(_: Estate) -> Ask:
    return Ask("/api/v1/payment-promises", {"home": LI_HOME, "day": "2026-03-09"})


async def promise_closed(estate: Estate) -> Ask:
    kept = await of_one_office(estate, await promised(estate))
    return Ask(f"/api/v1/payment-promises/{kept['promise_id']}/close")


def card_entry(kind: str) -> Ask:
    """Of one person: what is of a home ends when the office moves in as its tenant."""
    body = {"kind": kind, "consent": "at_door", "residency_id": "r0-li"}
    return Ask(f"/api/v1/household-cards/{LI_HOME}/entries", body)


async def card_noted(estate: Estate) -> Ask:
    await of_one_office(estate, card_entry("lives_alone"))
    return card_entry("has_dog")


async def card_renewed(estate: Estate) -> Ask:
    kept = await of_one_office(estate, card_entry("has_dog"))
    path = f"/api/v1/household-cards/entries/{kept['entry_id']}/renewal"
    return Ask(path, {"consent": "at_door"})


async def card_removed(estate: Estate) -> Ask:
    kept = await of_one_office(estate, card_entry("has_dog"))
    path = f"/api/v1/household-cards/entries/{kept['entry_id']}/removal"
    return Ask(path, {"reason": "asked"})


async def told(estate: Estate) -> Ask:
    notice_id = await delivered(estate)
    body = {"result": "told", "told_whom": "owner"}
    return Ask(f"/api/v1/notices/{notice_id}/homes/{LI_HOME}/visits", body)


async def answered(estate: Estate) -> Ask:
    notice_id = await delivered(estate, kind="asks_answer", question=QUESTION)
    path = f"/api/v1/homes/{LI_HOME}/notices/{notice_id}/answer"
    return Ask(path, {"answer": "yes"}, method="PUT")


# Acts that nobody does at their own home.
AT_LI = {
    Act.NOTICE_VISITED: told,
    Act.NOTICE_ANSWER_ENTERED: answered,
    Act.VISIT_PLANNED: planned,
    Act.VISIT_RECORDED: made,
    Act.VISIT_POSTPONED: postponed,
    Act.VISIT_CANCELLED: cancelled,
    Act.CARD_NOTED: card_noted,
    Act.CARD_RENEWED: card_renewed,
    Act.CARD_REMOVED: card_removed,
    Act.PROMISE_NOTED: promised,
    Act.PROMISE_CLOSED: promise_closed,
}
