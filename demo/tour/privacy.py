"""Chapters of privacy: a browser let in by WeChat, a number shown for a reason, my data."""

from typing import Any

from demo.tour.visit import Visit, counted, expect


async def staff_sign_in_at_a_browser(visit: Visit) -> str:
    shown = await visit.ask("", "POST", "/browser-sign-ins")
    await visit.visitor.ask("GET", shown["code_url"])
    drawn = await visit.visitor.desk.look("journal?path=/wxa/getwxacodeunlimit")
    answer = {"scene": drawn[-1]["body"]["scene"], "number": shown["number"], "allow": True}
    await visit.ask("staff", "POST", "/browser-sign-ins/answer", answer)
    path = f"/browser-sign-ins/{shown['sign_in_id']}/session"
    given = await visit.ask("", "POST", path, {"secret": shown["secret"]})
    visit.sit_down("desk", given["access_token"])
    return "staff scan the code on a browser, tell its number, and are signed in there"


async def number_is_shown_for_a_reason(visit: Visit) -> str:
    people = await visit.ask("desk", "GET", f"/homes/{visit.home['path']}/residents")
    [owner] = [p for p in people["items"] if p["relation"] == "owner"]
    path = f"/residencies/{owner['residency_id']}/reveal"
    wish = {"fields": ["phone"], "reason": "urgent_repair"}
    shown = await visit.ask("desk", "POST", path, wish)
    expect(shown["phone"].endswith(visit.phone), "another number")
    query = f"subject={owner['residency_id']}&act=privacy.revealed"
    rows = (await visit.ask("auditor", "GET", f"/audit?{query}"))["items"]
    expect(len(rows) == 1, f"{len(rows)} rows in the audit")
    return (
        f"{owner['phone_masked']} shown whole to a member of staff; the auditor reads who, "
        f"when and why: {rows[0]['facts']['reason']}"
    )


async def sessions_are_seen_and_ended(visit: Visit) -> str:
    mine = (await visit.ask("desk", "GET", "/me/sessions"))["items"]
    await visit.ask("desk", "DELETE", "/sessions/current")
    await visit.refused("desk", "GET", "/me", 401)
    return f"staff see their {len(mine)} sessions and end the browser's: refused at once"


async def everything_held_is_handed_out(visit: Visit) -> str:
    asked = await visit.ask("mei", "POST", "/me/export")
    made = await visit.until_state("mei", f"/exports/{asked['export_id']}", "ready")
    groups: dict[str, Any] = await visit.visitor.ask("GET", made["url"])
    return (
        f"the daughter takes her data with her: {made['rows']} rows in {len(groups)} groups, "
        "by a link that lasts five minutes"
    )


async def a_list_is_a_spreadsheet(visit: Visit) -> str:
    everybody = {"due": "all"}  # the bills of this visit have time
    wish = {"list": "unpaid_homes", "subject": visit.compound, "filters": everybody}
    asked = await visit.ask("staff", "POST", "/exports", wish)
    made = await visit.until_state("staff", f"/exports/{asked['export_id']}", "ready")
    file = await visit.visitor.ask("GET", made["url"])
    expect(file[:2] == b"PK", "no spreadsheet")
    expect(made["rows"], "no home in the spreadsheet")
    return (
        f"who still owes is fetched as a spreadsheet: {counted(made['rows'], 'home')}, "
        f"{made['bytes']} bytes"
    )


async def somebody_leaves_for_good(visit: Visit) -> str:
    asked = await visit.ask("mei", "POST", "/me/deletion", {"confirm": "注销"})
    await visit.refused("mei", "GET", "/me", 401)
    await visit.arrive("mei")
    me = await visit.ask("mei", "GET", "/me")
    expect(me["homes"] == [], "the new account sees the old home")
    await visit.until_state("", f"/erasures/{asked['erasure_id']}", "done")
    return (
        "and leaves for good: the old session is refused, a new sign-in finds nothing, and a "
        "stranger who knows the id sees that all is cleared"
    )
