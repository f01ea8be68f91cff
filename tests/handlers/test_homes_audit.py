"""Every change that succeeds is written down once; what it says names nobody."""

from itertools import count
from typing import Any

import msgspec

from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, Estate
from tests.build.homes import ID_NUMBER, newcomer
from tests.build.sign_ins import Member

NUMBERS = count(1)


async def once(estate: Estate, who: Member, method: str, path: str, **body: Any) -> Any:
    """Do something and look for its one row."""
    request_id = f"audited-{next(NUMBERS)}"
    raw = None if method == "DELETE" else msgspec.json.encode(body)
    reply = await estate.world.api.call(
        method, f"/api/v1/{path}", raw, as_=who, headers={"X-Request-Id": request_id}
    )
    assert reply.status < 300, (path, reply.body)
    rows = await estate.world.db.audit.find({"request_id": request_id}).to_list()
    assert [(r["person"], r["result"]) for r in rows] == [(who.person_id, "done")], path
    assert rows[0]["place"], path
    assert rows[0]["subject"] or rows[0]["act"] == "home.codes_printed", path
    return reply.body


async def test_one_row_for_each_success(estate: Estate) -> None:
    world = estate.world
    li, head, staff = [await estate.member(name) for name in ("li", "head", "staff")]
    chen, zhou = await newcomer(estate, "chen"), await newcomer(estate, "zhou")
    await world.agree(chen, "proof")
    wish = {"home": LI_HOME, "relation": "family", "name": "陈晨", "id_number": ID_NUMBER}

    async def ask(**more: Any) -> str:
        made = await once(estate, chen, "POST", "home-requests", **{**wish, **more})
        return str(made["request_id"])

    gone = await ask()
    await once(estate, chen, "POST", f"me/home-requests/{gone}/withdraw")
    asked, claimed = await ask(), await ask(home=SUN_HOME, relation="owner")
    why = {"reason": "陈晨的电话13900000020"}
    await once(estate, head, "POST", f"home-requests/{asked}/advice", known="yes", **why)
    await once(estate, staff, "POST", f"home-requests/{asked}/decision", accept=True, **why)
    path = f"home-requests/{claimed}"
    await once(estate, staff, "POST", f"{path}/reveal", fields=["name"], reason="care")
    await once(estate, staff, "POST", f"{path}/settlement", outcome="keep", **why)
    invitations = f"homes/{LI_HOME}/invitations"
    guest = {"relation": "payer", "name": "周舟"}
    lost = await once(estate, li, "POST", invitations, **guest)
    await once(estate, li, "DELETE", f"{invitations}/{lost['invitation_id']}")
    token = (await once(estate, li, "POST", invitations, **guest))["token"]
    bound = await once(estate, zhou, "POST", "invitations/accept", token=token)
    await once(estate, zhou, "POST", f"residencies/{bound['residency_id']}/end", **why)
    someone = {"name": "吴奶奶", "relation": "family", **why}
    row = await once(estate, staff, "POST", f"homes/{LI_HOME}/residents", **someone)
    path = f"residencies/{row['residency_id']}/phone"
    await once(estate, staff, "POST", path, phone="13900000021", **why)
    printed = await once(estate, staff, "POST", f"places/{COMPOUND}/home-codes")
    [mine] = [code for code in printed["codes"] if code["name_masked"] == "吴*"]
    await once(estate, zhou, "POST", "me/homes/code", code=mine["code"])
    sale = {"name": "赵强", "phone": "13900000040", "day": "2026-03-02", **why}
    await once(estate, staff, "POST", f"homes/{LI_HOME}/transfer", **sale)

    kept = str(await world.db.audit.find({}).to_list())
    jobs = str(await world.db.outbox.find({}).to_list())
    for text in (
        "陈晨",
        "周舟",
        "吴奶奶",
        "赵强",
        "1390000002",
        ID_NUMBER,
        token,
        mine["code"],
    ):
        assert text not in kept
        assert text not in jobs
