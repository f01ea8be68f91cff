"""Tags: groups of operations, as readers of the contract see them.

A group that is not below is described by the docstring of the module that serves it first.
"""

import re
import sys
from collections.abc import Sequence
from typing import Final

from handlers.http.contract import Route

DESCRIPTIONS: Final = {
    "sessions": "Sign-in from the mini-program, and proving who one is before sensitive acts.",
    "browser-sign-ins": "Sign-in of staff at a browser, by a code scanned in WeChat.",
    "me": "What belongs to the person who is signed in: homes, bills, notices, consents.",
    "places": "Places from the city down to the unit, and what is listed below one of them.",
    "grids": "Grids: the buildings that a grid head looks after.",
    "appointments": "Roles given to people at a place: heads, staff of firms and communities.",
    "homes": "People of a home: residents, invitations, heads, a new owner.",
    "hand-overs": "Lists of open work that a head hands over to the next one.",
    "directory": "Search for one's own home, one level of the address at a time.",
    "home-requests": "Requests to belong to a home, and the decisions on them.",
    "invitations": "Invitations into a home, as seen by whoever was invited.",
    "residencies": "Relations of people to homes: end them, change a phone, reveal a name.",
    "firms": "Property service firms of the city's directory.",
    "contracts": "Contracts by which a firm serves a compound.",
    "register-template": "The empty spreadsheet for a compound's register of homes.",
    "register-imports": "Imports of a register: preview, problems, confirmation, undoing.",
    "payees": "Who may charge which fees where, and into which merchant account.",
    "fee-rules": "What homes pay: price or monthly sum, from which day to which.",
    "fee-reductions": "Reductions of fees: of vacant homes, and of homes in hardship.",
    "fee-reduction-rules": "Rules by which homes of a compound pay less, with their source.",
    "bill-runs": "Billing of a compound for a period: draft, publish, cancel, withdraw.",
    "bills": "Single bills, as staff correct them.",
    "payments": "Payments by WeChat Pay, and their receipts.",
    "refunds": "Refunds that wait for a person.",
    "discrepancies": "Money that WeChat and the books disagree about.",
    "reconciliations": "Days of a merchant account: WeChat's bills against the books.",
    "reconciliation-differences": "What differs on such a day: taken, closed with a reason.",
    "wx": "Addresses that WeChat's servers call; not for clients.",
    "ledger": "The books: proof that they add up.",
    "notices": "Notices: drafted, reviewed, published, corrected, withdrawn; who they reached.",
    "feedback": "Feedback: what people say of a place, handled rung by rung, asked if solved.",
    "feedback-terms": "Terms of feedback: how long it may lie with each office.",
    "repairs": "Repairs: reported, followed, handed out, done, confirmed as fixed, rated.",
    "calls": "Calls without numbers: somebody asks to call, the person decides.",
    "handbook": "Handbook of common questions: found, read, judged; written by offices.",
    "photos": "Photos as proof for a request, and short-lived addresses to see them.",
    "exports": "Files of whole lists and of one's own data, asked for and fetched.",
    "export-lists": "Lists that can be exported, with their columns.",
    "audit": "Record of what was done and refused.",
    "privacy": "Texts that people are asked to agree to.",
    "erasures": "How far the clearing of a closed account is, for whoever was told its id.",
    "c": "What a printed code of a place leads to outside of WeChat.",
    "invoice-requests": "Requests for invoices, as the firm works them off.",
    "receipt-checks": "Checks of receipts on paper, by anybody who holds one.",
    "v": "What the code on a receipt leads to.",
    "r": "What the code on a work order leads to outside of WeChat.",
    "open311": "Open311 GeoReport v2, for systems of a city: repairs of what all share.",
    "root": "Start page.",
    "healthz": "Whether the process runs.",
    "openapi.json": "This document.",
    "docs": "This document as a page to read and try.",
}


def tag_of(path: str) -> str:
    """Return the group of an operation: the first part of its path."""
    return re.sub(r"^/(api/v1/)?", "", path).split("/")[0] or "root"


def described(routes: Sequence[Route]) -> dict[str, str]:
    """Return tag → its description, of all there are among these routes and below."""
    found = dict(DESCRIPTIONS)
    for route in routes:
        said = sys.modules[route.handler.__module__].__doc__ or ""
        line = re.sub(r"^Endpoints? of ", "", said.strip().partition("\n")[0])
        found.setdefault(tag_of(route.path), line[:1].upper() + line[1:])
    return found
