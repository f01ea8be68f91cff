"""The main job from end to end.

A register in Excel → bills → a resident signs in, pays several at once → WeChat's notice books
it once → receipt, balanced ledger, a shorter list for the unit head, a message in WeChat.
"""

import asyncio
import io
from typing import Any, Final

import xlsxwriter

from demo.people import COMPOUND, households
from demo.tour.visit import (
    LOOK_EVERY_SECONDS,
    WAIT_SECONDS,
    Step,
    Visit,
    counted,
    expect,
    yuan,
)
from services.days import day_of, plus_days, wall_clock

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MainJob(Visit):
    def steps(self) -> list[Step]:
        return [
            self.staff_signs_in,
            self.compound_is_made,
            self.register_is_read,
            self.register_is_imported,
            self.head_is_appointed,
            self.rules_are_set,
            self.bills_are_made,
            self.resident_finds_the_home,
            self.resident_sees_what_is_owed,
            self.resident_allows_a_message,
            self.head_sees_who_has_not_paid,
            self.resident_pays_several_bills_at_once,
            self.payment_is_booked_once,
            self.receipt_is_there,
            self.ledger_balances,
            self.heads_list_is_shorter,
            self.resident_is_told,
            self.an_old_debt_is_paid,
        ]

    async def staff_signs_in(self) -> str:
        await self.sign_in_staff("staff", "admin")
        me = await self.ask("staff", "GET", "/me")
        expect([r["role"] for r in me["roles"]] == ["community_staff"], "staff has no role")
        return f"community staff signed in with WeChat: {me['roles'][0]['place']}"

    async def compound_is_made(self) -> str:
        wish = {"path": self.compound, "kind": "compound", "name": f"向阳{self.tag}小区"}
        made = await self.ask("staff", "POST", "/places", wish)
        return f"compound {made['name']} made: {made['path']}"

    async def register_is_read(self) -> str:
        path = f"/places/{self.compound}/register-imports"
        content = self.workbook()
        made = await self.ask("staff", "POST", path, content, {"Content-Type": XLSX})
        again = await self.ask("staff", "POST", path, content)
        expect(again["import_id"] == made["import_id"], "the same file was taken twice")
        self.import_path = f"/register-imports/{made['import_id']}"
        seen = await self.until("staff", self.import_path, "state", "previewed")
        problems = await self.ask("staff", "GET", f"{self.import_path}/problems")
        told = problems["items"][0]
        counts = seen["counts"]
        warnings = counted(counts["warnings"], "warning")
        expect(counts["errors"] == 0, f"errors in the preview: {problems['items']}")
        return (
            f"messy Excel register read, nothing written: {counts['homes']} homes, "
            f"{warnings}, the first: row {told['row']} {told['message']}"
        )

    def workbook(self) -> bytes:
        """A register as they are: a merged title, blanks, full-width digits, ㎡, a garage."""
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet("2021年登记")
        sheet.merge_range(0, 0, 0, 6, f"向阳{self.tag}小区业主登记表", book.add_format())
        sheet.write_row(
            2, 0, ["楼号", "单元", "房号", "建筑面积", "用途", "产权人", "联系电话"]
        )
        rows: list[tuple[Any, ...]] = [
            ("3栋", "2单元", "502", "85.3㎡", "住宅", "李建国 ", int(self.phone)),
            ("3栋", "2单元", "５０１", 60, "", "王芳、王强", ""),
            ("3栋", "2单元", "401", "72.50", "住宅", "赵敏", "电话不详"),
            ("3栋", "2单元", "车库1", "18", "", "赵敏", ""),
            ("3栋", "1单元", "101", 70.0, "住宅", "孙伟", ""),
        ]
        for number, row in enumerate(rows, 3):
            sheet.write_row(number, 0, row)
        book.close()
        return content.getvalue()

    async def register_is_imported(self) -> str:
        wish = {"accept_warnings": True}
        await self.ask("staff", "POST", f"{self.import_path}/confirm", wish)
        await self.until("staff", self.import_path, "state", "applied")
        homes = await self.ask("staff", "GET", f"/places/{self.compound}/places?kind=home")
        found = [home for home in homes["items"] if home["name"].startswith("502")]
        expect(len(found) == 1, "home 502 is not there")
        self.home = found[0]
        self.unit = self.home["path"].rpartition(".")[0]
        return f"confirmed: {len(homes['items'])} homes, e.g. {self.home['address']}"

    async def head_is_appointed(self) -> str:
        wish = {
            "role": "unit_head",
            "place": self.unit,
            "phone": self.head_phone,
            "name": "周桂兰",
            "to_day": plus_days(day_of(wall_clock()), 365),
        }
        await self.ask("staff", "POST", "/appointments", wish)
        name = f"head{self.tag}"
        self.people["head"] = await self.visitor.sign_in(name, self.head_phone)
        return f"unit head appointed and signed in: {self.unit}"

    async def rules_are_set(self) -> str:
        common = {"start_day": f"{self.periods[0]}-01", "due_days": 30}
        firm = {"kind": "property_fee", "price": 6000, "account": "firm"}
        waste = {"kind": "waste_fee", "monthly_fen": 500, "account": "sanitation"}
        path = f"/places/{self.compound}/fee-rules"
        await self.ask("staff", "POST", path, {**common, **firm, "payee_name": "安居物业"})
        await self.ask("staff", "POST", path, {**common, **waste, "payee_name": "环卫中心"})
        return "rules set: 0.60元/㎡·月 to the firm, 5元/月 to the sanitation"

    async def bills_are_made(self) -> str:
        count = 0
        for period in self.periods:
            path = f"/places/{self.compound}/bill-runs"
            made = await self.ask("staff", "POST", path, {"period": period})
            run = f"/bill-runs/{made['run_id']}"
            drafted = await self.until("staff", run, "state", "drafted")
            count += sum(total["count"] for total in drafted["totals"])
            await self.ask("staff", "POST", f"{run}/publish")
            await self.until("staff", run, "state", "published")
        return f"{count} bills drafted, totals seen, published: {', '.join(self.periods)}"

    async def resident_finds_the_home(self) -> str:
        self.resident = f"li{self.tag}"
        self.people["resident"] = await self.visitor.sign_in(self.resident, self.phone)
        me = await self.ask("resident", "GET", "/me")
        expect([h["place"] for h in me["homes"]] == [self.home["path"]], "home not bound")
        return (
            f"resident {me['phone_masked']} signed in, home bound: {me['homes'][0]['address']}"
        )

    async def resident_sees_what_is_owed(self) -> str:
        owed = await self.ask("resident", "GET", "/me/bills?state=owing&limit=50")
        self.bills = [b for b in owed["items"] if b["kind"] == "property_fee"]
        expect(len(owed["items"]) == 2 * len(self.periods), "not all bills are there")
        return f"owes {yuan(owed['owed']['amount_fen'])}; why: {self.bills[0]['explanation']}"

    async def resident_allows_a_message(self) -> str:
        templates = await self.ask("resident", "GET", "/me/message-templates")
        wanted = [t for t in templates["items"] if t["template"] == "payment_received"]
        expect(wanted, "no template for receipts")
        self.template_id = wanted[0]["template_id"]
        await self.visitor.act(
            f"users/{self.resident}/subscribe", template_ids=[self.template_id]
        )
        return "allowed one message about payments in WeChat"

    async def head_sees_who_has_not_paid(self) -> str:
        self.before = await self.head_looks()
        return f"unit head sees {self.before['unpaid']} homes that owe; {self.before['rates']}"

    async def head_looks(self) -> dict[str, Any]:
        kind = "kind=property_fee"
        path = f"/places/{self.unit}"
        unpaid = await self.ask("head", "GET", f"{path}/unpaid-homes?{kind}")
        span = f"period={self.periods[-1]}&{kind}"
        rates = (await self.ask("head", "GET", f"{path}/rates?{span}"))["rates"]
        return {"unpaid": len(unpaid["items"]), "rates": shown(rates), "figures": rates}

    async def resident_pays_several_bills_at_once(self) -> str:
        wish = {"bill_ids": [bill["bill_id"] for bill in self.bills]}
        key = {"Idempotency-Key": self.tag}
        order = await self.ask("resident", "POST", "/payments", wish, key)
        self.payment = order["payment_id"]
        paid = await self.visitor.act(
            f"users/{self.resident}/pay", **order["pay_params"], notify="simultaneous"
        )
        expect(paid["result"] == "ok", f"WeChat says {paid}")
        told = [notice["status"] for notice in paid["notices"]]
        expect(told == [204, 204], f"notices answered {told}")
        return (
            f"{len(self.bills)} bills paid with one WeChat payment of "
            f"{yuan(order['amount_fen'])}; WeChat's notice came twice at once"
        )

    async def payment_is_booked_once(self) -> str:
        path = f"/payments/{self.payment}"
        await self.until("resident", path, "state", "paid")
        left = await self.ask("resident", "GET", "/me/bills?state=owing&limit=50")
        kinds = {bill["kind"] for bill in left["items"]}
        expect(kinds == {"waste_fee"}, f"still owing: {kinds}")
        return "verified, booked once, bills paid; the waste fee is still owed to its own payee"

    async def receipt_is_there(self) -> str:
        receipt = await self.ask("resident", "GET", f"/payments/{self.payment}/receipt")
        return f"receipt {receipt['number']}: {receipt['amount_capital']}"

    async def ledger_balances(self) -> str:
        today = day_of(wall_clock())
        span = f"from_day={plus_days(today, -1)}&to_day={today}"
        found = await self.ask("admin", "GET", f"/ledger/trial-balance?{span}")
        expect(found["balanced"], f"the ledger does not balance: {found}")
        return f"ledger balanced: debit {yuan(found['debit_fen'])} = credit"

    async def heads_list_is_shorter(self) -> str:
        after = await self.head_looks()
        expect(after["unpaid"] == self.before["unpaid"] - 1, "the list is not shorter")
        for name in ("household_rate", "amount_rate"):
            expect(rises(name, self.before["figures"], after["figures"]), f"{name} stays")
        return f"unit head sees {after['unpaid']} homes that owe; {after['rates']}"

    async def resident_is_told(self) -> str:
        inbox = await self.ask("resident", "GET", "/me/messages")
        mine = [m for m in inbox["items"] if m["template"] == "payment_received"]
        expect(mine, "nothing in the inbox")
        openid = (await self.visitor.act(f"users/{self.resident}"))["openid"]
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while not (sent := await self.visitor.look(f"messages?openid={openid}")):
            expect(asyncio.get_running_loop().time() < deadline, "no message in WeChat")
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        expect(len(sent) == 1, f"{len(sent)} messages in WeChat")
        return f"told in WeChat, once, and in the inbox: {mine[0]['body']}"

    async def an_old_debt_is_paid(self) -> str:
        """A new compound has no arrears yet; 春光小区 has, from bills two months old."""
        rates = f"/places/{COMPOUND}/rates?period={self.periods[-1]}&kind=property_fee"
        before = (await self.ask("staff", "GET", rates))["rates"]
        name, phone = await self.somebody_in_arrears()
        self.people["debtor"] = await self.visitor.sign_in(name, phone)
        owed = await self.ask("debtor", "GET", "/me/bills?state=owing&limit=50")
        oldest = min(
            (bill for bill in owed["items"] if bill["kind"] == "property_fee"),
            key=lambda bill: bill["period"],
        )
        order = await self.ask("debtor", "POST", "/payments", {"bill_ids": [oldest["bill_id"]]})
        await self.visitor.act(f"users/{name}/pay", **order["pay_params"])
        await self.until("debtor", f"/payments/{order['payment_id']}", "state", "paid")
        after = (await self.ask("staff", "GET", rates))["rates"]
        expect(rises("arrears_recovery_rate", before, after), "the recovery rate stays")
        return f"an old debt of {oldest['address']} is paid: 春光小区 {shown(after)}"

    async def somebody_in_arrears(self) -> tuple[str, str]:
        phones = {
            f"{COMPOUND}.b{home.building}.u{home.unit}.{home.room}": home.phone
            for home in households()
            if home.phone
        }
        cursor = ""
        while True:
            path = f"/places/{COMPOUND}/unpaid-homes?kind=property_fee&limit=100{cursor}"
            page = await self.ask("staff", "GET", path)
            for home in page["items"]:
                if home["days_overdue"] and home["place"] in phones:
                    phone = phones[home["place"]]
                    return f"debtor{phone[-5:]}", phone
            expect(page["next_cursor"], "nobody in 春光小区 is in arrears")
            cursor = f"&cursor={page['next_cursor']}"


def rises(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    return bool(after[name]["numerator"] > before[name]["numerator"])


def shown(rates: dict[str, Any]) -> str:
    """Write the three rates as people say them; a dash where there was nothing to divide by."""
    titles = {
        "household_rate": "户收费率",
        "amount_rate": "收费率",
        "arrears_recovery_rate": "清缴率",
    }
    return " ".join(f"{title} {percent(rates[name])}" for name, title in titles.items())


def percent(rate: dict[str, Any]) -> str:
    points = rate["basis_points"]
    return "—" if points is None else f"{points / 100:.2f}%"
