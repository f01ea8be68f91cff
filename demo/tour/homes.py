"""Who belongs to a home, who may see what of it, and why that may be believed.

Heads on a public page → a printed code, an invitation, a request with proof → an end that holds
at once → a browser let in by WeChat → a number shown for a reason, and written down → my data,
and gone again.
"""

import io
from typing import Any

from PIL import Image

from demo.tour.money import MainJob
from demo.tour.visit import Step, expect
from services.days import day_of, plus_days, wall_clock


class Homes(MainJob):
    def steps(self) -> list[Step]:
        return [
            *super().steps(),
            self.heads_are_known,
            self.code_lets_somebody_in,
            self.daughter_pays_and_sees_no_more,
            self.tenant_asks_with_proof,
            self.head_advises_and_community_decides,
            self.tenancy_ends_at_once,
            self.staff_sign_in_at_a_browser,
            self.number_is_shown_for_a_reason,
            self.sessions_are_seen_and_ended,
            self.everything_held_is_handed_out,
            self.somebody_leaves_for_good,
        ]

    def name(self, who: str) -> str:
        """Return the name of a WeChat user of this visit's own."""
        return f"{who}{self.tag}"

    async def arrives(self, who: str) -> None:
        """Sign somebody in who belongs nowhere yet."""
        self.people[who] = await self.visitor.sign_in(self.name(who))

    async def refuses(self, who: str, method: str, path: str, status: int) -> None:
        given = await self.status(who, method, path)
        expect(given == status, f"{method} {path} as {who}: {given}, not {status}")

    async def heads_are_known(self) -> str:
        page = await self.ask("", "GET", f"/homes/{self.home['path']}/heads")
        told = "、".join(head["name"] for head in page["heads"])
        return f"anybody may read at the door who the heads are: {told}"

    async def code_lets_somebody_in(self) -> str:
        printed = await self.ask("staff", "POST", f"/places/{self.compound}/home-codes")
        wanted = [c for c in printed["codes"] if "401" in c["address"]]
        expect(wanted, "no code for home 401")
        await self.arrives("zhao")
        bound = await self.ask("zhao", "POST", "/me/homes/code", {"code": wanted[0]["code"]})
        return (
            f"{len(printed['codes'])} codes printed; with hers, {wanted[0]['name_masked']} "
            f"is bound: {bound['address']}"
        )

    async def daughter_pays_and_sees_no_more(self) -> str:
        home = self.home["path"]
        wish = {"relation": "payer", "name": "李小梅"}
        invited = await self.ask("resident", "POST", f"/homes/{home}/invitations", wish)
        await self.arrives("mei")
        await self.ask("mei", "POST", "/invitations/accept", {"token": invited["token"]})
        owed = await self.ask("mei", "GET", "/me/bills?state=owing&limit=50")
        expect(owed["items"], "the payer sees nothing to pay")
        await self.refuses("mei", "GET", f"/homes/{home}/residents", 403)
        return (
            f"the daughter is invited to pay: sees {len(owed['items'])} bills owing, and "
            "nothing else of the home"
        )

    async def tenant_asks_with_proof(self) -> str:
        await self.arrives("tenant")
        headers = {"Content-Type": "image/jpeg"}
        photo = await self.ask("tenant", "POST", "/photos", lease(), headers)
        today = day_of(wall_clock())
        self.rented = f"{self.unit}.501"
        wish = {
            "home": self.rented,
            "relation": "tenant",
            "name": "陈晨",
            "photo_ids": [photo["photo_id"]],
            "from_day": today,
            "to_day": plus_days(today, 365),
        }
        asked = await self.ask("tenant", "POST", "/home-requests", wish)
        self.request = f"/home-requests/{asked['request_id']}"
        return f"a tenant asks for {asked['address']} with a photo: {asked['state']}"

    async def head_advises_and_community_decides(self) -> str:
        advice = {"known": "yes", "reason": "租户,常见面"}
        await self.ask("head", "POST", f"{self.request}/advice", advice)
        decision = {"accept": True, "reason": "合同齐全"}
        await self.ask("staff", "POST", f"{self.request}/decision", decision)
        me = await self.ask("tenant", "GET", "/me")
        expect([h["place"] for h in me["homes"]] == [self.rented], "the tenant is not bound")
        return "the unit head knows them, the community accepts, the tenant is told and bound"

    async def tenancy_ends_at_once(self) -> str:
        people = await self.ask("staff", "GET", f"/homes/{self.rented}/residents")
        [tenant] = [p for p in people["items"] if p["relation"] == "tenant"]
        await self.ask("tenant", "GET", "/me/bills?state=owing")
        path = f"/residencies/{tenant['residency_id']}/end"
        await self.ask("staff", "POST", path, {"reason": "已退租"})
        await self.refuses("tenant", "GET", "/me/bills?state=owing", 403)
        return "the tenancy is ended: the tenant's very next request is refused"

    async def staff_sign_in_at_a_browser(self) -> str:
        shown = await self.ask("", "POST", "/browser-sign-ins")
        await self.visitor.ask("GET", shown["code_url"])
        drawn = await self.visitor.look("journal?path=/wxa/getwxacodeunlimit")
        answer = {"scene": drawn[-1]["body"]["scene"], "number": shown["number"], "allow": True}
        await self.ask("staff", "POST", "/browser-sign-ins/answer", answer)
        path = f"/browser-sign-ins/{shown['sign_in_id']}/session"
        given = await self.ask("", "POST", path, {"secret": shown["secret"]})
        self.sit_down("desk", given["access_token"])
        return "staff scan the code on a browser, tell its number, and are signed in there"

    async def number_is_shown_for_a_reason(self) -> str:
        people = await self.ask("desk", "GET", f"/homes/{self.home['path']}/residents")
        [owner] = [p for p in people["items"] if p["relation"] == "owner"]
        path = f"/residencies/{owner['residency_id']}/reveal"
        wish = {"fields": ["phone"], "reason": "urgent_repair"}
        shown = await self.ask("desk", "POST", path, wish)
        expect(shown["phone"].endswith(self.phone), "another number")
        await self.sign_in_staff("auditor")
        query = f"subject={owner['residency_id']}&act=privacy.revealed"
        rows = (await self.ask("auditor", "GET", f"/audit?{query}"))["items"]
        expect(len(rows) == 1, f"{len(rows)} rows in the audit")
        return (
            f"{owner['phone_masked']} shown whole to a member of staff; the auditor reads who, "
            f"when and why: {rows[0]['facts']['reason']}"
        )

    async def sessions_are_seen_and_ended(self) -> str:
        mine = (await self.ask("desk", "GET", "/me/sessions"))["items"]
        await self.ask("desk", "DELETE", "/sessions/current")
        await self.refuses("desk", "GET", "/me", 401)
        return f"staff see their {len(mine)} sessions and end the browser's: refused at once"

    async def everything_held_is_handed_out(self) -> str:
        raw = await self.ask("mei", "POST", "/me/export")
        groups: dict[str, Any] = raw
        return f"the daughter takes her data with her: {len(groups)} groups"

    async def somebody_leaves_for_good(self) -> str:
        await self.ask("mei", "POST", "/me/deletion", {"confirm": "注销"})
        await self.refuses("mei", "GET", "/me", 401)
        await self.arrives("mei")
        me = await self.ask("mei", "GET", "/me")
        expect(me["homes"] == [], "the new account sees the old home")
        return "and leaves for good: the old session is refused, a new sign-in finds nothing"


def lease() -> bytes:
    """Draw a photo, as a telephone would send one."""
    content = io.BytesIO()
    Image.new("RGB", (800, 600), "white").save(content, "JPEG")
    return content.getvalue()
