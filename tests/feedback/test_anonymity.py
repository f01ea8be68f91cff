"""Anonymity: nobody below the community learns who said something, by whatever way.

Every route that reads is walked as whoever is near, and all that is kept is searched. Both are
shown to find what is planted.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

import mongo_indexes
from server.app import ROUTES
from services.kernel.permissions import PERMISSIONS, Permission, Role
from services.residencies.models import Relation
from services.residencies.sealed import NAME
from tests.build.cast import COMPOUND, UNIT, WANG_HOME, homes, live_there
from tests.build.exports import exported, fetched
from tests.build.feedback import Voices
from tests.build.offices import BUILDING
from tests.build.photos import sent
from tests.build.sign_ins import Member
from tests.depth import by_night
from tests.privacy.searching import texts

NAME_OF_AUTHOR, PHONE, HOME = "欧阳若曦", "13866660001", f"{UNIT}.603"
# Who is near → what they may.
BELOW: Final = {
    "head": PERMISSIONS[Role.UNIT_HEAD],
    "building": PERMISSIONS[Role.BUILDING_HEAD],
    "grid": PERMISSIONS[Role.GRID_HEAD],
    "manager": PERMISSIONS[Role.FIRM_MANAGER],
    "wang": PERMISSIONS[Role.OWNER],
}
BY_DAY: Final = ("grid", "manager", "wang")  # heads of all rungs may the same
SAID = "顶楼有人深夜敲打管道"
# Where the engine keeps whose a case is, of which no view and no list shows anything:
# what is theirs is found by it, told to them and erased with them.
WHOSE: Final = {
    "feedback.person",
    "feedback.filed_by",
    "case_parties._id",
    "case_parties.person",
    "case_events.by",
    "photos.person",
    "messages.person",
    "outbox.payload",  # a message on its way to them
}


@dataclass
class Nameless:
    """What somebody said without a name, and by what they would be found."""

    voices: Voices
    author: Member
    case_id: str
    needles: Mapping[str, str]

    def is_about(self, text: str) -> bool:
        return any(each in text for each in (self.case_id, "26-0001", SAID))

    def found_in(self, text: str) -> set[str]:
        return {name for name, needle in self.needles.items() if needle in text}


@pytest.fixture
async def nameless(voices: Voices) -> Nameless:
    return await said_without_a_name(voices)


async def said_without_a_name(voices: Voices) -> Nameless:
    """Let a resident of a unit with six homes complain, add a picture, and be answered."""
    world, deps = voices.world, voices.world.deps
    await voices.households(*[f"{UNIT}.{number}" for number in (601, 602, 604)])
    await homes(deps, {HOME: 5000})
    await live_there(deps, [(HOME, PHONE, Relation.OWNER)])
    row = {"home": HOME}
    found = await world.db.residencies.find_one(row)
    assert found is not None
    sealed = NAME.seal(deps.vault, str(found["_id"]), NAME_OF_AUTHOR)
    await world.db.residencies.update_one(row, {"$set": {"name_sealed": sealed}})
    author = await world.sign_in("ouyang", PHONE)
    photo = await sent(world.api, author, purpose="case")
    wish = {"place": HOME, "kind": "complaint", "text": SAID, "anonymous": True}
    case_id = await voices.file(author, **wish, photo_ids=[photo])
    await voices.do("head", case_id, "question", reason="请问几点?")
    more = await sent(world.api, author, purpose="case")
    await voices.do(author, case_id, "additions", text="夜里两点", photo_ids=[more])
    await voices.do("head", case_id, "firm", reason="请物业看看管道")
    await voices.solve("manager", case_id)
    await voices.do(author, case_id, "answer", solved=False, note="昨晚又敲了")
    await voices.do("building", case_id, "hand-on", reason="要整个网格商量")
    needles = {
        "person": author.person_id,
        "name": NAME_OF_AUTHOR,
        "masked name": "欧*",
        "phone": PHONE,
        "home": HOME,
        "door": "603室",
    }
    return Nameless(voices, author, case_id, needles)


def paths(case_id: str, held: frozenset[Permission]) -> Iterator[str]:
    """Yield every address that reads, for the case and for places around it.

    Without those for which somebody lacks the permission: that it is asked for is the matrix's.
    """
    values = {"place": BUILDING, "home": WANG_HOME}
    for route in ROUTES:
        contract = route.contracts().get("get")
        if contract is None or not route.path.startswith("/api/v1/"):
            continue
        if isinstance(contract.needs, Permission) and contract.needs not in held:
            continue
        named = re.findall(r"{(\w+)}", route.path)
        yield route.path.format(**{name: values.get(name, case_id) for name in named})


async def leaks(nameless: Nameless, who: str) -> set[str]:
    """Walk every route as somebody; return what tells of the author beside the case."""
    found = set()
    asked = [*paths(nameless.case_id, BELOW[who])]
    asked += [f"/api/v1/feedback?{query}" for query in ("q=敲打", "scope=desk", "sort=newest")]
    months = "from_month=2026-01&to_month=2026-12"
    asked += [f"/api/v1/places/{BUILDING}/feedback-figures?{months}&by=place"]
    asked += [f"/api/v1/feedback?q={word}" for word in (NAME_OF_AUTHOR, "603", PHONE)]
    await nameless.voices.world.deps.redis.flushdb()  # nobody asks so much a minute
    for path in asked:
        reply = await nameless.voices.get(who, path.removeprefix("/api/v1/"))
        text = "\n".join(texts(reply.body)) if reply.body else ""
        is_theirs = "/feedback" in path or nameless.is_about(text.replace(path, ""))
        if reply.status == 200 and is_theirs:
            found |= {f"{path}: {hit}" for hit in nameless.found_in(text)}
    return found


async def file_of(nameless: Nameless, who: str) -> str:
    """Return all that is written in the exported list."""
    world = nameless.voices.world
    wish = {"list": "feedback"}
    made = await exported(world, await nameless.voices.member(who), wish=wish)
    book = zipfile.ZipFile(io.BytesIO((await fetched(world, made)).raw))
    return "\n".join(book.read(name).decode(errors="ignore") for name in book.namelist())


async def kept(nameless: Nameless) -> set[str]:
    """Search all that is kept about the case for the author, field by field."""
    found = set()
    for module in mongo_indexes.ALL:
        async for row in nameless.voices.world.db[module.COLLECTION].find():
            whole = {field: "\n".join(texts(value)) for field, value in row.items()}
            if any(nameless.case_id in text for text in whole.values()):
                for field, text in whole.items():
                    name = f"{module.COLLECTION}.{field}"
                    found |= {f"{name}: {hit}" for hit in nameless.found_in(text)}
    return found


async def test_nobody_near_learns_who_said_it(nameless: Nameless) -> None:
    voices = nameless.voices
    for who in ("head", "building", "grid", "manager"):
        seen = await voices.see(who, nameless.case_id)
        assert (seen["text"], seen["author_name_masked"]) == (SAID, None), who
        assert (seen["place"], seen["address"]) == (BUILDING, "春光小区3栋"), who
        assert seen["anonymous"] is True
    for who in BELOW if by_night() else BY_DAY:
        assert await leaks(nameless, who) == set(), who
    assert (await voices.get("wang", f"feedback/{nameless.case_id}")).status == 404
    text = await file_of(nameless, "grid")
    assert SAID in text
    assert nameless.found_in(text) == set()
    assert nameless.found_in(text + NAME_OF_AUTHOR) == {"name"}
    where, planted = {"_id": nameless.case_id}, {"$set": {"anonymous": False}}
    await voices.world.db.feedback.update_one(where, planted)
    found = await leaks(nameless, "grid")
    assert f"/api/v1/feedback/{nameless.case_id}: masked name" in found
    assert "/api/v1/feedback?q=敲打: masked name" in found


async def test_who_said_it_sees_it_and_the_community_by_an_audited_look(
    nameless: Nameless,
) -> None:
    voices, path = nameless.voices, f"feedback/{nameless.case_id}/author"
    own = await voices.see(nameless.author, nameless.case_id)
    assert (own["is_mine"], own["author_name_masked"]) == (True, "欧*")
    mine = (await voices.get(nameless.author, "me/feedback")).body["items"]
    assert [item["feedback_id"] for item in mine] == [nameless.case_id]
    seen = await voices.see("staff", nameless.case_id)
    assert seen["author_name_masked"] is None
    for who in BELOW:
        assert (await voices.post(who, path, reason="care")).status == 403
    reply = await voices.post("staff", path, reason="contact_resident")
    assert reply.status == 200, reply.body
    assert (reply.body["name"], reply.body["phone"]) == (NAME_OF_AUTHOR, f"+86{PHONE}")
    assert reply.body["address"].endswith("603室")
    where = {"act": "privacy.revealed", "subject": nameless.case_id}
    [row] = await voices.world.db.audit.find(where).to_list()
    assert row["facts"]["reason"] == "contact_resident"
    assert (await voices.post("subdistrict", path, reason="legal_duty")).status == 200
    shown = (await voices.get("grid", f"feedback/{nameless.case_id}/photos")).body["items"]
    assert len(shown) == 2
    for photo in shown:  # seen by the case alone
        for who in ("head", "grid", "staff", "wang"):
            assert (await voices.get(who, f"photos/{photo['photo_id']}/url")).status == 404
        kept = await voices.get(nameless.author, f"photos/{photo['photo_id']}/url")
        assert kept.status == 200


async def test_nothing_that_is_kept_says_it_but_whose_it_is(nameless: Nameless) -> None:
    found = await kept(nameless)
    assert {hit.partition(": ")[2] for hit in found} == {"person"}
    assert {hit.partition(": ")[0] for hit in found} <= WHOSE
    db = nameless.voices.world.db
    acts = {"person": nameless.author.person_id, "act": re.compile("^feedback")}
    rows = await db.audit.find(acts).to_list()
    assert len(rows) == 3  # filed, added to, returned
    assert {(row["subject"], row["place"], row["result"]) for row in rows} == {("", "", "done")}
    plants: dict[str, dict[str, Any]] = {
        "messages": {"person": "somebody", "body": f"{NAME_OF_AUTHOR}反映{nameless.case_id}"},
        "audit": {"subject": nameless.case_id, "person": nameless.author.person_id},
    }
    for name, planted in plants.items():
        row = {"_id": "planted", **planted}
        await db[name].insert_one(row, bypass_document_validation=True)
    where = {"case": nameless.case_id, "action": "solve"}
    await db.case_events.update_one(where, {"$set": {"facts.home": HOME}})
    assert {"messages.body: name", "audit.person: person", "case_events.facts: home"} <= (
        await kept(nameless)
    )


async def test_a_place_that_few_share_is_not_kept(voices: Voices) -> None:
    wish = {"kind": "complaint", "text": "吵", "anonymous": True}
    for place in (UNIT, f"{UNIT}.502"):
        case_id = await voices.file("li", place=place, **wish)
        row = await voices.world.db.feedback.find_one({"_id": case_id})
        assert row is not None
        assert row["place"] == COMPOUND  # two homes in the unit, three in the building
    await voices.households(*[f"{BUILDING}.u1.{number}" for number in (201, 202)])
    case_id = await voices.file("li", place=UNIT, **wish)
    row = await voices.world.db.feedback.find_one({"_id": case_id})
    assert row is not None
    assert (row["place"], row["rung"]) == (BUILDING, "building_head")


async def test_no_voice_without_a_name(voices: Voices) -> None:
    li = await voices.member("li")
    photo = await sent(voices.world.api, li, purpose="case")
    media = {"$set": {"media": "audio/mpeg"}}
    await voices.world.db.photos.update_one({"_id": photo}, media)
    wish = {"place": UNIT, "kind": "complaint", "text": "吵", "anonymous": True}
    refused = await voices.post(li, "feedback", **wish, photo_ids=[photo])
    assert (refused.status, refused.code) == (422, "feedback_bad_anonymity")
    case_id = await voices.file(li, **wish)
    more = await voices.post(
        li, f"feedback/{case_id}/additions", text="录音", photo_ids=[photo]
    )
    assert (more.status, more.code) == (422, "feedback_bad_anonymity")
    behalf = await voices.post("head", "feedback", **wish, on_behalf_of="王秀兰")
    assert (behalf.status, behalf.code) == (422, "feedback_bad_anonymity")


async def test_who_closes_the_account_is_not_given_away_by_it(nameless: Nameless) -> None:
    voices = nameless.voices
    reply = await voices.post(nameless.author, "me/deletion", confirm="注销")
    assert reply.status == 202, reply.body
    await voices.world.work()
    seen = await voices.see("grid", nameless.case_id)
    assert (seen["state"], seen["text"]) == ("withdrawn", "")
    last = (await voices.history("grid", nameless.case_id))[-1]
    assert (last["label"], last["who"], last["remark"]) == ("撤回", "reporter", None)
    row = await voices.world.db.feedback.find_one({"_id": nameless.case_id})
    assert row is not None
    assert (row["person"], row["filed_by"], row["photo_ids"]) == (None, "", [])
    assert row["name_sealed"] == row["home_sealed"] == row["text_sealed"] == ""
    assert row["words"] == []
