"""A mediation is there for its parties, its mediator and its member, and for nobody else.

Every GET of the API, every list that is exported, everybody's own export, every message and the
whole database are searched for it, by people of each office beside it. A control finds all of
it where it belongs, so that the search would find a leak.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import pytest

from handlers.http.contract import Route
from server.app import ROUTES
from server.features import FEATURES
from services.grants import actions as grants
from services.kernel.errors import DomainError
from services.kernel.permissions import Actor, Permission, Role
from services.places.models import Kind as PlaceKind
from tests.build import repairs
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    PHONES,
    WANG_HOME,
    appoint,
)
from tests.build.exports import my_data
from tests.build.mediations import STORY, WITH_SHOP, WITH_WANG, Talks
from tests.build.offices import make_grid
from tests.build.sign_ins import Member
from tests.privacy import searching

pytestmark = pytest.mark.slow

AUDITOR: Final = "13900000091"
MINUTES: Final = "甲方承认施工到晚上十一点"
TERMS: Final = "甲方每晚九点停工,乙方不再报警"
ANSWER: Final = "我家只在周末施工过"
SAID: Final = {"story": STORY, "answer": ANSWER, "minutes": MINUTES, "terms": TERMS}
PARTY: Final = {"name": WITH_SHOP[0]["name"], "phone": WITH_SHOP[0]["phone"]}
# What is filled into addresses, beside the mediation.
FILLED: Final[Mapping[str, str]] = {"place": COMMUNITY, "home": LI_HOME}
# What a list has to be asked for.
REQUIRED: Final[Mapping[str, dict[str, Any]]] = {
    "places": {"kind": PlaceKind.HOME},
    "feedback_figures": {"from_month": "2026-01", "to_month": "2026-12"},
    "survey_unanswered": {"survey_id": "none"},
}


async def told_all(talks: Talks) -> str:
    """Return the id of a mediation in which everything there is was written."""
    mediation_id = await talks.open(parties=[*WITH_WANG, *WITH_SHOP])
    await talks.assign(mediation_id)
    await talks.do("wang", mediation_id, "statement", verb="PUT", text=ANSWER)
    await talks.do("wang", mediation_id, "answer", agree=True)
    party = (await talks.see("mediator", mediation_id))["parties"][2]["party_id"]
    await talks.do("mediator", mediation_id, f"parties/{party}/answer", agree=True)
    begins = talks.world.deps.now().replace(year=2027).isoformat().replace("+00:00", "Z")
    where = {"begins": begins, "where": "调解室"}
    seen = await talks.do("mediator", mediation_id, "sessions", **where)
    held = f"sessions/{seen['sessions'][0]['session_id']}/held"
    now = {"$set": {"begins": talks.world.clock.now}}
    await talks.world.db.mediation_sessions.update_many({}, now)
    await talks.do("mediator", mediation_id, held, minutes=MINUTES, present=[party])
    await talks.propose(mediation_id, TERMS)
    return mediation_id


def addresses(actor: Actor, mediation_id: str, *, probes: bool) -> Iterator[str]:
    """Yield what somebody may read at all, with the mediation wherever its id is asked for.

    `probes`: also where the id of something else is asked for.
    """
    route: Route
    for route in ROUTES:
        contract = route.contracts().get("get")
        if contract is None or not route.path.startswith("/api/v1/"):
            continue
        needs, names = contract.needs, [*contract.path]
        if isinstance(needs, Permission) and not actor.places(needs):
            continue  # the matrix shows that it is refused
        if not probes and {*names} - {"mediation_id", *FILLED}:
            continue
        held = actor.places(needs) if isinstance(needs, Permission) else ()
        path = route.path
        for name in names:
            given = FILLED.get(name, mediation_id)
            path = path.replace(f"{{{name}}}", held[0] if held and name == "place" else given)
        yield f"{path}?quarter=2025Q4" if path.endswith("figures") else path


async def actor_of(talks: Talks, who: Member) -> Actor:
    return Actor(who.person_id, "", await grants.grants_of(talks.world.deps, who.person_id))


async def read(talks: Talks, who: Member, mediation_id: str, *, probes: bool = False) -> str:
    """Return whatever somebody gets from all of the API, in one text."""
    found = []
    for path in addresses(await actor_of(talks, who), mediation_id, probes=probes):
        reply = await talks.world.api.get(path, as_=who)
        assert reply.status != 429, path  # else the rest would prove nothing
        if reply.status == 200:
            found.append(reply.raw.decode(errors="ignore"))
    return "\n".join(found)


async def listed(talks: Talks, who: Member) -> str:
    """Return all rows of every list that somebody could export."""
    deps, found, actor = talks.world.deps, [], await actor_of(talks, who)
    for one in FEATURES.lists.values():
        for subject in (COMMUNITY, COMPOUND) if one.subject else ("",):
            try:
                query = one.query(limit=100, **REQUIRED.get(one.name, {}))
                page = await one.page(deps, actor, subject, query)
            except DomainError:  # not theirs
                continue
            found.append(msgspec.json.encode(page.items).decode())
    return "\n".join(found)


async def outsiders(talks: Talks) -> dict[str, Member]:
    works = await repairs.build(talks.estate)
    await make_grid(talks.estate)
    await appoint(talks.world.deps, Role.BUILDING_HEAD, f"{COMPOUND}.b3", "sun")
    await appoint(talks.world.deps, Role.AUDITOR, COMMUNITY, AUDITOR)
    return {
        "the head of their staircase": await talks.member("head"),
        "another head of the grid": await talks.member("sun"),
        "firm manager": await works.member("manager"),
        "community staff": await talks.member("staff"),
        "administrator": await talks.member("admin"),
        "who lives with a party": await talks.member("mei"),
        "auditor": await talks.world.sign_in("auditor", AUDITOR),
    }


async def test_nobody_beside_it_finds_it_anywhere(talks: Talks) -> None:
    people = await outsiders(talks)
    mediation_id = await told_all(talks)
    marks = {"id": mediation_id, **SAID, **PARTY, "masked phone": "138****2222"}
    for label, who in people.items():
        await talks.world.confirm(who)
        # First what is held about them: of what they asked for below, it holds the address.
        own = (await my_data(talks.world, who)).raw.decode()
        assert [name for name, mark in marks.items() if mark in own] == [], label
        text = await read(talks, who, mediation_id, probes=label == "administrator")
        text += await listed(talks, who)
        if label == "auditor":  # an opaque id, and no place below the community
            rows = [r async for r in talks.world.db.audit.find({"subject": mediation_id})]
            assert {row["place"] for row in rows} == {COMMUNITY}
            assert not any(home in str(rows) for home in (LI_HOME, WANG_HOME))
            text = text.replace(mediation_id, "")
        assert [name for name, mark in marks.items() if mark in text] == [], label


async def test_the_audit_of_a_party_does_not_tell_which_it_is(talks: Talks) -> None:
    """Else an auditor joins it with a home, by what else they did there."""
    mediation_id = await told_all(talks)
    sha256 = (await talks.see("mediator", mediation_id))["agreement"]["sha256"]
    for who in ("li", "wang"):
        wish = {"sha256": sha256, "agree": True}
        await talks.do(who, mediation_id, "agreement/answer", **wish)
    people = {(await talks.member(who)).person_id for who in ("li", "wang")}
    rows = await talks.world.db.audit.find({"act": {"$regex": "^mediation"}}).to_list()
    own = [row for row in rows if row["person"] in people]
    assert {row["act"] for row in own} == {
        "mediation.opened",
        "mediation.answered",
        "mediation.stated",
        "mediation.confirmed",
    }
    assert {(row["place"], row["subject"], *row["facts"]) for row in own} == {("", "")}
    # What an office does has both.
    others = {(row["place"], row["subject"]) for row in rows if row not in own}
    assert others == {(COMMUNITY, mediation_id)}


async def test_a_leak_would_be_found_and_a_party_sees_no_more_than_theirs(
    talks: Talks,
) -> None:
    mediation_id = await told_all(talks)
    text = await read(talks, await talks.member("mediator"), mediation_id)
    marks = {"id": mediation_id, **SAID, **PARTY}
    assert [name for name, mark in marks.items() if mark not in text] == []
    assert mediation_id in await listed(talks, await talks.member("member"))
    sealed = await searching.under_seal(talks.world, {**SAID, **PARTY})
    assert len({each.rpartition(": ")[2] for each in sealed}) == len({**SAID, **PARTY})
    wang = await talks.member("wang")
    taken = (await my_data(talks.world, wang)).raw.decode()
    assert ANSWER in taken
    assert [mark for mark in (STORY, MINUTES, TERMS, *PARTY.values()) if mark in taken] == []
    seen = await read(talks, wang, mediation_id)
    # They meet whoever they are in dispute with, and agree to the terms; no more.
    assert [mark for mark in (STORY, MINUTES, PARTY["phone"]) if mark in seen] == []
    assert TERMS in seen


async def test_no_message_and_no_row_says_what_it_is_about(talks: Talks) -> None:
    await told_all(talks)
    await talks.world.work()
    needles = {**SAID, **PARTY, "matter": "噪音"}
    assert await searching.in_database(talks.world, needles) == set()
    kept: list[dict[str, Any]] = await talks.world.db.messages.find().to_list()
    texts = [each["title"] + each["body"] for each in kept if "mediation" in each["template"]]
    assert len(texts) >= 8
    names = ("li", "wang", *PHONES.values(), "春光")
    assert [text for text in texts if any(name in text for name in names)] == []
