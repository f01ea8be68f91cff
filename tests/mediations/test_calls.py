"""Calls about a mediation: its mediator asks a party, while it goes on."""

from typing import Any

from tests.build.cast import PHONES
from tests.build.deeds import auditor
from tests.build.mediations import WITH_SHOP, WITH_WANG, Talks
from tests.build.world import Reply


async def ask(talks: Talks, who: str, party_id: str) -> Reply:
    wish: dict[str, Any] = {"about": "mediation", "subject_id": party_id}
    return await talks.send("POST", who, "calls", **wish)


async def test_the_mediator_calls_a_party(talks: Talks) -> None:
    mediation_id = await talks.open(parties=[*WITH_WANG, *WITH_SHOP])
    seen = await talks.see("li", mediation_id)
    [li, wang, shop] = [each["party_id"] for each in seen["parties"]]
    assert (await ask(talks, "mediator", wang)).status == 404  # nobody mediates yet
    await talks.assign(mediation_id)
    call = await ask(talks, "mediator", wang)
    assert (call.status, call.body["state"]) == (201, "allowed")
    number = f"calls/{call.body['call_id']}/number"
    assert (await talks.send("POST", "mediator", number)).body["phone"] == PHONES["wang"]
    [told] = (await talks.get("wang", "me/calls")).body["items"]
    assert (told["about_label"], told["office"]) == ("社区事务", "单元长")
    other = await ask(talks, "mediator", shop)
    shown = await talks.send("POST", "mediator", f"calls/{other.body['call_id']}/number")
    assert shown.body["phone"] == WITH_SHOP[0]["phone"]
    for who, status in (("member", 403), ("li", 403), ("staff", 404), ("head", 404)):
        assert (await ask(talks, who, wang)).status == status, who
    await talks.send("PUT", "li", "me/call-settings", shown_to=[])
    assert (await ask(talks, "mediator", li)).body["state"] == "asked"
    await talks.do("wang", mediation_id, "leave")
    assert (await talks.send("POST", "mediator", number)).status == 403


async def test_the_audit_does_not_tell_who_was_called_about_a_mediation(talks: Talks) -> None:
    """Else an auditor joins the party with the mediator, who is named beside the mediation."""
    mediation_id = await talks.talks()
    wang = await talks.member("wang")
    await talks.send("PUT", "wang", "me/call-settings", shown_to=[])
    party = (await talks.see("wang", mediation_id))["parties"][1]["party_id"]
    call = (await ask(talks, "mediator", party)).body["call_id"]
    for answer in ("allow_once", "decline"):
        reply = await talks.send("POST", "wang", f"me/calls/{call}/answer", answer=answer)
        assert reply.status == 200, reply.body
    read = {}
    for where in ("community", "city"):
        who = await auditor(talks.estate, where)
        reply = await talks.get(who, f"audit?limit=100&person={wang.person_id}")
        read[where] = [row for row in reply.body["items"] if row["act"] == "call.answered"]
    assert read["community"] == []
    assert len(read["city"]) == 2
    assert {(row["place"], row["subject"], *row["facts"]) for row in read["city"]} == {("", "")}
    # What the office does has both.
    rows = await talks.world.db.audit.find({"subject": call}).to_list()
    assert {(row["act"], row["facts"]["about"]) for row in rows} == {
        ("call.asked", "mediation")
    }
