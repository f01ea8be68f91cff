"""What goes: with a party who leaves the product, and three years after the end."""

from datetime import timedelta

from services.kernel.phones import blind_index
from services.kernel.vault import KEY_BYTES, Vault
from services.mediations import jobs
from services.mediations.models import KEPT_FOR
from services.mediations.parties.texts import PHONE_GONE, without_names, without_phones
from tests.build.cast import LI_HOME, PHONES
from tests.build.exports import my_data
from tests.build.mediations import STORY, Talks
from tests.build.world import World
from tests.privacy import searching

WORDS = f"欧阳若曦晚上九点后不施工,司徒明远({PHONES['wang']})不再敲管道。"
NEEDLES = {"name": "司徒明远", "statement": "敲墙的不是我们家", "phone": PHONES["wang"]}


async def renamed(talks: Talks) -> None:
    """Give Li and Wang names that occur nowhere else."""
    deps, db = talks.world.deps, talks.world.db
    for number, name in ((0, "欧阳若曦"), (2, "司徒明远")):
        row = await db.residencies.find_one({"_id": {"$regex": f"^r{number}-"}})
        assert row is not None
        sealed = deps.vault.seal(name, place=f"residencies/{row['_id']}/name")
        await db.residencies.update_one({"_id": row["_id"]}, {"$set": {"name_sealed": sealed}})


async def kept(world: World) -> set[str]:
    found = await searching.under_seal(world, NEEDLES)
    return {each for each in found if each.startswith("mediation")}


async def test_a_party_goes_and_the_agreement_of_the_others_stays(talks: Talks) -> None:
    await renamed(talks)
    wang = await talks.member("wang")
    named = [{"name": "司徒明远", "home": "cc.chaoyang.guilin.xincheng.c07.b3.u2.501"}]
    mediation_id, sha256 = await talks.proposed(WORDS, parties=named)
    statement = {"text": NEEDLES["statement"]}
    await talks.do("wang", mediation_id, "statement", verb="PUT", **statement)
    soon = talks.world.deps.now() + timedelta(hours=1)
    begins = soon.isoformat().replace("+00:00", "Z")
    seen = await talks.do("mediator", mediation_id, "sessions", begins=begins, where="社区")
    held = f"sessions/{seen['sessions'][0]['session_id']}/held"
    minutes = "司徒明远讲了经过"
    await talks.advance(hours=2)
    wang = await talks.member("wang")
    await talks.do("mediator", mediation_id, held, minutes=minutes, present=[])
    for who in ("li", "wang"):
        await talks.do(who, mediation_id, "agreement/answer", sha256=sha256, agree=True)
    mine = (await my_data(talks.world, wang)).raw.decode()
    theirs = (await my_data(talks.world, await talks.member("li"))).raw.decode()
    assert len(await kept(talks.world)) == 5
    await talks.world.confirm(wang)
    reply = await talks.send("POST", "wang", "me/deletion", confirm="注销")
    assert reply.status < 300, reply.body
    await talks.world.work()
    assert await kept(talks.world) == set()
    row = await talks.world.db.mediations.find_one({"_id": mediation_id})
    assert row is not None
    assert (wang.person_id in row["people"], row["homes"]) == (False, [LI_HOME])
    seen = await talks.see("li", mediation_id)
    assert (seen["state"], seen["parties"][1]["name"]) == ("agreed", "当事人")
    assert seen["agreement"]["text"] == "欧阳若曦晚上九点后不施工,当事人([电话略])不再敲管道。"
    assert seen["agreement"]["sha256"] == sha256
    # Each took along what they wrote, and the agreement with 甲方 and 乙方 for the others.
    assert NEEDLES["statement"] in mine
    assert WORDS.replace("欧阳若曦", "甲方") in mine
    assert "欧阳若曦晚上九点后不施工,乙方([电话略])不再敲管道。" in theirs
    assert "欧阳若曦" not in mine
    assert not any(each in theirs for each in NEEDLES.values())


async def test_who_leaves_before_anything_is_agreed_ends_it(talks: Talks) -> None:
    mediation_id = await talks.talks()
    await talks.world.confirm(await talks.member("wang"))
    reply = await talks.send("POST", "wang", "me/deletion", confirm="注销")
    assert reply.status < 300, reply.body
    await talks.world.work()
    assert (await talks.see("li", mediation_id))["state"] == "withdrawn"


async def taken_by(talks: Talks, mediation_id: str) -> set[str]:
    """Return who took the steps of a mediation, as its history keeps it."""
    found = await talks.world.db.case_events.find({"case": mediation_id}).to_list()
    return {str(event["by"]) for event in found} - {""}


async def steps_of(talks: Talks, mediation_id: str) -> list[tuple[str, str]]:
    """Return the steps of a mediation and who took each, as the member reads them."""
    reply = await talks.get("member", f"mediations/{mediation_id}/history")
    return [(each["action"], each["who"]) for each in reply.body["items"]]


async def test_what_was_written_goes_three_years_after_the_end(talks: Talks) -> None:
    mediation_id = await talks.agreed()
    await talks.advance(days=16)
    await talks.do("mediator", mediation_id, "follow-up", outcome="kept", note="都做到了")
    parties = {(await talks.member(who)).person_id for who in ("li", "wang")}
    assert await taken_by(talks, mediation_id) > parties
    done = await steps_of(talks, mediation_id)
    await jobs.clear(talks.world.deps, {"mediation_id": mediation_id})  # too early
    for span in (KEPT_FOR - timedelta(days=1), timedelta(days=2)):
        needles = {"story": STORY, "note": "都做到了", "terms": "九点后不施工"}
        found = await searching.under_seal(talks.world, needles)
        assert len({each for each in found if each.startswith("mediation")}) == 3
        await talks.advance(seconds=span.total_seconds())
        await talks.world.work()
    assert await searching.under_seal(talks.world, needles) == set()
    row = await talks.world.db.mediations.find_one({"_id": mediation_id})
    assert row is not None
    assert (row["people"], row["homes"], row["cleared"]) == ([], [], True)
    assert row["kept_in"] == "2026Q1"
    # What was done stays, and who did so in office.
    offices = {(await talks.member(who)).person_id for who in ("member", "mediator")}
    assert await taken_by(talks, mediation_id) == offices
    assert await steps_of(talks, mediation_id) == done


def test_the_longest_name_is_replaced_first() -> None:
    names = {"王建": "甲方", "王建国": "乙方", "": "丙方"}
    assert without_names("王建国和王建", names) == "乙方和甲方"


def test_what_is_no_name_stays_as_it_was_confirmed() -> None:
    """One character, 甲方 and the like, and the longer or equal name of somebody else."""
    text = "甲方每晚九点停工,方家不再报警;王建国付款,王建陪同。"
    names = {"方": "丙方", "方每": "丁方", "王建": "当事人"}
    kept = {"王建国"}
    assert without_names(text, names, kept=kept) == text.replace("王建陪同", "当事人陪同")
    assert without_names("王建陪同", {"王建": "当事人"}, kept={"王建"}) == "王建陪同"


def test_numbers_are_found_however_they_are_written() -> None:
    vault = Vault({"k1": b"k" * KEY_BYTES})
    numbers = ("+8613800000002", "+8643187654321")
    gone = frozenset(blind_index(vault, number) for number in numbers)
    for number in (
        "13800000002",
        "138 0000 0002",
        "138-0000-0002",
        "+86 13800000002",
        "8613800000002",
        "0431-87654321",
    ):
        found = without_phones(vault, f"王家电话{number},晚上打", gone)
        assert found == f"王家电话{PHONE_GONE},晚上打"
    other = "2026-03-01前付1380000元,电话13900000002,证号138000000021234"
    assert without_phones(vault, other, gone) == other
