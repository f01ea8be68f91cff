"""Bugs to plant in who may see and do what: title, file, old, new, the cell that finds it."""

from typing import Final

MATRIX: Final = "tests/matrix/test_matrix.py"


def row(name: str) -> str:
    return f"{MATRIX}::test_everybody_gets_what_they_may[{name}]"


UNPAID: Final = row("get /api/v1/places/{place}/unpaid-homes")
VOID: Final = row("post /api/v1/bills/{bill_id}/void")
ACTIVE: Final = """def active_on(day: str) -> Document:
    return {
        "from_day": {"$lte": day},
        "$or": [{"to_day": None}, {"to_day": {"$gte": day}}],
"""
SCOPES: Final = (
    (
        "a place is told from another by how it begins",
        "services/kernel/paths.py",
        'return place == ancestor or place.startswith(ancestor + ".")',
        "return place.startswith(ancestor)",
        UNPAID,
    ),
    (
        "who owes is told to heads of other places",
        "services/statistics/actions.py",
        "    await _access(deps, actor, place, Permission.VIEW_UNPAID)\n",
        "",
        UNPAID,
    ),
    (
        "bills of other places can be voided",
        "services/fees/actions.py",
        "if not found or not actor.may(Permission.RUN_BILLS, found[0].home):",
        "if not found:",
        VOID,
    ),
    (
        "anybody's messages can be read",
        "services/messaging/store.py",
        '{"_id": message_id, "person": person_id, "read_at": None}',
        '{"_id": message_id, "read_at": None}',
        row("post /api/v1/me/messages/{message_id}/read"),
    ),
    (
        "payments of everybody are listed",
        "services/payments/store.py",
        'query: dict[str, Any] = {"person": person}\n',
        'query: dict[str, Any] = {"person": {"$gt": ""}}\n',
        row("get /api/v1/payments"),
    ),
    (
        "appointments of all places are listed",
        "services/appointments/store.py",
        '[under_any("place", places), not_over_on(day), {"_id": {"$gt": after}}]',
        '[not_over_on(day), {"_id": {"$gt": after}}]',
        row("get /api/v1/appointments"),
    ),
    (
        "what ended still holds",
        "services/kernel/days.py",
        ACTIVE,
        ACTIVE.partition('        "$or"')[0],
        f"{MATRIX}::test_everybody_holds_what_the_matrix_says",
    ),
    (
        "a firm's people outlive its contract",
        "services/grants/actions.py",
        "if role.role not in FIRM_ROLES or (role.firm, role.place) in serving",
        "if True",
        f"{MATRIX}::test_everybody_holds_what_the_matrix_says",
    ),
    (
        "a community's administrator moves the city's money",
        "services/payments/discrepancies/actions.py",
        "    require_city(actor, Permission.OPERATE)\n    found = await store.find_discrepancy",
        "    found = await store.find_discrepancy",
        row("post /api/v1/discrepancies/{discrepancy_id}/return"),
    ),
    (
        "sensitive acts do not ask again",
        "handlers/contract.py",
        "    if contract.asks_again:\n",
        "    if False:\n",
        row("post /api/v1/home-requests/{request_id}/settlement"),
    ),
    (
        "an act is not audited",
        "services/fees/actions.py",
        "        await _note(deps, tx, actor, Act.FEE_RULE_ENDED, ended)\n",
        "",
        row("post /api/v1/fee-rules/{rule_id}/end"),
    ),
    (
        "a refusal is not audited",
        "handlers/contract.py",
        "    except Forbidden as error:\n        await handler.note_refusal(error)\n",
        "    except Forbidden:\n",
        UNPAID,
    ),
)
