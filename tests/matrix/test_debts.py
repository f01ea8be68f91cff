"""Rows about debts: who owes what of a home, what is certified and disclosed of it."""

import pytest

from services.kernel.permissions import Permission, Role
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, HOME, HOMES, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P = Permission
OWED = "who belongs to a home, or sold it, sees their own; firm and community see all of it"
CERTIFIED = "its owners read what is certified; who lives there is told 403"
DISCLOSED = "whoever owns a home, or sold it, says what its later owners may see"


def sees_debts(post: Post, place: str) -> Outcome:
    sees = any(post.may(each, place) for each in (P.VIEW_DEBTORS, P.PAY_BILLS))
    return Outcome.ALLOWED if sees else Outcome.MISSING


def reads_certificates(post: Post, place: str) -> Outcome:
    if any(post.may(each, place) for each in (P.VIEW_DEBTORS, P.MANAGE_HOME)):
        return Outcome.ALLOWED
    return Outcome.FORBIDDEN if post.may(P.VIEW_HOME, place) else Outcome.MISSING


def discloses(post: Post, place: str) -> Outcome:
    owned = {(Role.OWNER, place), (Role.DEBTOR, place)} & set(post.held)
    return Outcome.ALLOWED if owned else Outcome.MISSING


async def sold(scene: Scene) -> str:
    """A bill that is owed by who sold a home."""
    return (await makers.bill(scene, owners_until="2026-01-31")).id


FURNITURE: Furniture = ((sold, tuple(HOMES)),)
ROWS = (
    Row("get", "/api/v1/homes/{home}/debts", decided(sees_debts, OWED, HOME)),
    Row(
        "get",
        "/api/v1/homes/{home}/debt-certificates",
        decided(reads_certificates, CERTIFIED, HOME),
        bare="sums, and no names",
    ),
    Row(
        "put",
        "/api/v1/homes/{home}/debt-disclosure",
        decided(discloses, DISCLOSED, HOME),
        body={"disclosed": False},
    ),
    Row(
        "get",
        "/api/v1/homes/{home}/statement",
        decided(reads_certificates, CERTIFIED, HOME),
        query={"year": "2026"},
    ),
    Row(
        "get",
        "/api/v1/homes/{home}/statement/sheet",
        decided(reads_certificates, CERTIFIED, HOME),
        query={"year": "2026"},
        bare="a paper, compressed; what is on it is in tests/services/test_statements.py",
    ),
    Row(
        "get",
        "/api/v1/homes/{home}/statement/table",
        decided(reads_certificates, CERTIFIED, HOME),
        query={"year": "2026"},
        bare="a workbook; what is in it is in tests/services/test_statements.py",
    ),
    Row("get", "/api/v1/places/{place}/former-debts", at(UNIT, COMPOUND)),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
