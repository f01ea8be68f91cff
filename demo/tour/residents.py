"""Chapters of the homes: a printed code, an invitation to pay, a tenancy with its end."""

import io

from PIL import Image

from demo.tour.visit import Visit, expect
from services.kernel.days import plus_days


async def code_lets_somebody_in(visit: Visit) -> str:
    printed = await visit.ask("staff", "POST", f"/places/{visit.compound}/home-codes")
    wanted = [c for c in printed["codes"] if "401" in c["address"]]
    expect(wanted, "no code for home 401")
    bound = await visit.ask("zhao", "POST", "/me/homes/code", {"code": wanted[0]["code"]})
    return (
        f"{len(printed['codes'])} codes printed; with hers, {wanted[0]['name_masked']} "
        f"is bound: {bound['address']}"
    )


async def daughter_pays_and_sees_no_more(visit: Visit) -> str:
    home = visit.home["path"]
    wish = {"relation": "payer", "name": "李小梅"}
    invited = await visit.ask("resident", "POST", f"/homes/{home}/invitations", wish)
    await visit.ask("mei", "POST", "/invitations/accept", {"token": invited["token"]})
    owed = await visit.ask("mei", "GET", "/me/bills?state=owing&limit=50")
    expect(owed["items"], "the payer sees nothing to pay")
    await visit.refused("mei", "GET", f"/homes/{home}/residents", 403)
    return (
        f"the daughter is invited to pay: sees {len(owed['items'])} bills owing, and "
        "nothing else of the home"
    )


async def tenant_asks_with_proof(visit: Visit) -> str:
    headers = {"Content-Type": "image/jpeg"}
    photo = await visit.ask("tenant", "POST", "/photos", lease(), headers)
    visit.rented = f"{visit.unit}.501"
    wish = {
        "home": visit.rented,
        "relation": "tenant",
        "name": "陈晨",
        "photo_ids": [photo["photo_id"]],
        "from_day": visit.today,
        "to_day": plus_days(visit.today, 365),
    }
    asked = await visit.ask("tenant", "POST", "/home-requests", wish)
    visit.request = f"/home-requests/{asked['request_id']}"
    return f"a tenant asks for {asked['address']} with a photo: {asked['state']}"


async def head_advises_and_community_decides(visit: Visit) -> str:
    advice = {"known": "yes", "reason": "租户,常见面"}
    await visit.ask("head", "POST", f"{visit.request}/advice", advice)
    decision = {"accept": True, "reason": "合同齐全"}
    await visit.ask("staff", "POST", f"{visit.request}/decision", decision)
    me = await visit.ask("tenant", "GET", "/me")
    expect([h["place"] for h in me["homes"]] == [visit.rented], "the tenant is not bound")
    return "the unit head knows them, the community accepts, the tenant is told and bound"


async def tenancy_ends_at_once(visit: Visit) -> str:
    people = await visit.ask("staff", "GET", f"/homes/{visit.rented}/residents")
    [tenant] = [p for p in people["items"] if p["relation"] == "tenant"]
    await visit.ask("tenant", "GET", "/me/bills?state=owing")
    path = f"/residencies/{tenant['residency_id']}/end"
    await visit.ask("staff", "POST", path, {"reason": "已退租"})
    await visit.refused("tenant", "GET", "/me/bills?state=owing", 403)
    return "the tenancy is ended: the tenant's very next request is refused"


def lease() -> bytes:
    """Draw a photo, as a telephone would send one."""
    content = io.BytesIO()
    Image.new("RGB", (800, 600), "white").save(content, "JPEG")
    return content.getvalue()
