"""Chapters of the staff: a compound from a messy register, its heads, three months of bills."""

import io
from typing import Any

import xlsxwriter

from demo.people import COMPOUND
from demo.tour.visit import Visit, counted, expect
from services.kernel.days import plus_days
from services.kernel.tables import XLSX


async def staff_sign_in(visit: Visit) -> str:
    me = await visit.ask("staff", "GET", "/me")
    expect([r["role"] for r in me["roles"]] == ["community_staff"], "staff has no role")
    return f"community staff signed in with WeChat: {me['roles'][0]['place']}"


async def compound_is_made(visit: Visit) -> str:
    wish = {"path": visit.compound, "kind": "compound", "name": f"向阳{visit.tag}小区"}
    made = await visit.ask("staff", "POST", "/places", wish)
    return f"compound {made['name']} made: {made['path']}"


async def register_is_read(visit: Visit) -> str:
    path = f"/places/{visit.compound}/register-imports"
    content = workbook(visit)
    made = await visit.ask("staff", "POST", path, content, {"Content-Type": XLSX})
    again = await visit.ask("staff", "POST", path, content)
    expect(again["import_id"] == made["import_id"], "the same file was taken twice")
    visit.import_path = f"/register-imports/{made['import_id']}"
    seen = await visit.until_state("staff", visit.import_path, "previewed")
    problems = await visit.ask("staff", "GET", f"{visit.import_path}/problems")
    told = problems["items"][0]
    counts = seen["counts"]
    warnings = counted(counts["warnings"], "warning")
    expect(counts["errors"] == 0, f"errors in the preview: {problems['items']}")
    return (
        f"messy Excel register read, nothing written: {counts['homes']} homes, "
        f"{warnings}, the first: row {told['row']} {told['message']}"
    )


def workbook(visit: Visit) -> bytes:
    """Write a register as they are: a merged title, blanks, full-width digits, ㎡, a garage."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("2021年登记")
    sheet.merge_range(0, 0, 0, 6, f"向阳{visit.tag}小区业主登记表", book.add_format())
    sheet.write_row(2, 0, ["楼号", "单元", "房号", "建筑面积", "用途", "产权人", "联系电话"])
    rows: list[tuple[Any, ...]] = [
        ("3栋", "2单元", "502", "85.3㎡", "住宅", "李建国 ", int(visit.phone)),
        ("3栋", "2单元", "５０１", 60, "", "王芳、王强", ""),
        ("3栋", "2单元", "401", "72.50", "住宅", "赵敏", "电话不详"),
        ("3栋", "2单元", "车库1", "18", "", "赵敏", ""),
        ("3栋", "1单元", "101", 70.0, "住宅", "孙伟", ""),
    ]
    for number, row in enumerate(rows, 3):
        sheet.write_row(number, 0, row)
    book.close()
    return content.getvalue()


async def register_is_imported(visit: Visit) -> str:
    await visit.ask("staff", "POST", f"{visit.import_path}/confirm", {"accept_warnings": True})
    await visit.until_state("staff", visit.import_path, "applied")
    homes = await visit.ask("staff", "GET", f"/places/{visit.compound}/places?kind=home")
    found = [home for home in homes["items"] if home["name"].startswith("502")]
    expect(len(found) == 1, "home 502 is not there")
    visit.home = found[0]
    visit.unit = visit.home["path"].rpartition(".")[0]
    return f"confirmed: {len(homes['items'])} homes, e.g. {visit.home['address']}"


async def head_is_appointed(visit: Visit) -> str:
    wish = {
        "role": "unit_head",
        "place": visit.unit,
        "phone": visit.head_phone,
        "name": "周桂兰",
        "to_day": plus_days(visit.today, 365),
    }
    await visit.ask("staff", "POST", "/appointments", wish)
    await visit.arrive("head", visit.head_phone)
    return f"unit head appointed and signed in: {visit.unit}"


async def heads_are_known(visit: Visit) -> str:
    page = await visit.ask("", "GET", f"/homes/{visit.home['path']}/heads")
    told = "、".join(head["name"] for head in page["heads"])
    return f"anybody may read at the door who the heads are: {told}"


async def payees_are_known(visit: Visit) -> str:
    """The demo's firm serves this compound, too; the sanitation is paid in the whole city."""
    there = await visit.ask("admin", "GET", f"/places/{COMPOUND}/payees")
    known = {payee["kinds"][0]: payee for payee in there["items"]}
    firm, first = known["property_fee"], f"{visit.periods[0]}-01"
    signed = {"compound": visit.compound, "from_day": first}
    signed |= {"to_day": plus_days(visit.today, 365)}
    await visit.ask("staff", "POST", f"/firms/{firm['firm_id']}/contracts", signed)
    kept = ("name", "account", "kinds", "firm_id")
    wish = {name: firm[name] for name in kept} | {"from_day": first}
    made = await visit.ask("admin", "POST", f"/places/{visit.compound}/payees", wish)
    visit.payees = {
        "property_fee": made["payee_id"],
        "waste_fee": known["waste_fee"]["payee_id"],
    }
    return f"the firm's contract written down, and who is paid: {made['name']}"


async def rules_are_set(visit: Visit) -> str:
    common = {"start_day": f"{visit.periods[0]}-01", "due_days": 30}
    firm = {"kind": "property_fee", "price": 6000, "payee_id": visit.payees["property_fee"]}
    waste = {"kind": "waste_fee", "monthly_fen": 500, "payee_id": visit.payees["waste_fee"]}
    path = f"/places/{visit.compound}/fee-rules"
    await visit.ask("staff", "POST", path, {**common, **firm})
    await visit.ask("staff", "POST", path, {**common, **waste})
    return "rules set: 0.60元/㎡·月 to the firm, 5元/月 to the sanitation"


async def bills_are_made(visit: Visit) -> str:
    count = 0
    for period in visit.periods:
        path = f"/places/{visit.compound}/bill-runs"
        made = await visit.ask("staff", "POST", path, {"period": period})
        run = f"/bill-runs/{made['run_id']}"
        drafted = await visit.until_state("staff", run, "drafted")
        count += sum(total["count"] for total in drafted["totals"])
        await visit.ask("staff", "POST", f"{run}/publish")
        await visit.until_state("staff", run, "published")
    return f"{count} bills drafted, totals seen, published: {', '.join(visit.periods)}"
