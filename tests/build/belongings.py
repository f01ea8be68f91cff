"""Belongings of a person in tests: rows that somebody leaves who was here for many years."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zlib import crc32

from services.dependencies import Dependencies
from services.home_requests.models import HomeRequest
from services.home_requests.states import RequestState
from services.kernel.documents import to_document
from services.residencies.models import Relation
from tests.build import cast
from tests.build.documents import Database

NAME: Final = "李明本人"
# Everything is over: no session is open, no invitation can be accepted.
ROWS: Final[Mapping[str, dict[str, Any]]] = {
    "messages": {
        "template": "bill_issued",
        "title": "账单",
        "body": NAME,
        "delivery": "inbox",
        "values": {},
    },
    "payments": {
        "account": "firm",
        "bill_ids": ["old"],
        "amount_fen": 1,
        "state": "closed",
        "open": False,
        "body": NAME.encode(),
    },
    "audit": {
        "act": "session.signed_in",
        "result": "done",
        "place": "",
        "under": [],
        "previous": "",
        "mac": "",
    },
    "idempotency_keys": {"fingerprint": "", "state": "done"},
    "sessions": {"generation": 0, "revoked_because": "session.signed_out"},
    "photos": {
        "purpose": "proof",
        "state": "ready",
        "sha256": "",
        "bytes": 1,
        "width": 1,
        "height": 1,
        "attached_to": "old",
        "sweep_at": None,
    },
    "home_requests": {},
    "home_invitations": {"home": cast.LI_HOME, "relation": "family", "state": "open"},
    "appointments": {
        "role": "unit_head",
        "place": cast.UNIT,
        "phone_index": "index",
        "from_day": "2020-01-01",
        "to_day": "2020-12-31",
        "appointed_by": "staff",
    },
    "consents": {"policy": "privacy", "version": 1, "sha256": ""},
}
# Fields that say who it is, sealed at their place.
SEALED: Final[Mapping[str, dict[str, str]]] = {
    "home_requests": {"name": NAME},
    "home_invitations": {"name": NAME},
    "appointments": {"name": NAME, "phone": NAME},
    "photos": {"key": "key"},
}


async def leave(
    db: Database, deps: Dependencies, person: str, counts: Mapping[str, int]
) -> None:
    """Insert so many rows of a person into each collection."""
    for name, count in counts.items():
        rows = [_row(deps, name, person, number) for number in range(count)]
        await db[name].insert_many(rows)


async def of(db: Database, person: str) -> dict[str, list[dict[str, Any]]]:
    """Return a person's rows by collection, to compare with."""
    return {
        name: await db[name].find({"person": person}).sort("_id").to_list()
        for name in (*ROWS, "residencies")
    }


def _row(deps: Dependencies, name: str, person: str, number: int) -> dict[str, Any]:
    unique = f"{person[-20:]}{number:012d}"
    block = crc32(person.encode()) % 10**7
    identity = {
        "idempotency_keys": f"{person}:{unique}",
        "audit": f"99-{block:07d}{number:05d}",
    }.get(name, unique)
    then = deps.now() - timedelta(days=400)
    row: dict[str, Any] = {"_id": identity, "person": person, "position": unique}
    row |= dict.fromkeys(("created_at", "given_at", "revoked_at", "rotated_at"), then)
    row |= {each: deps.now() for each in ("at", "started_at")}
    row["expires_at"] = then if name == "home_invitations" else deps.now() + timedelta(days=1)
    row["token_index"] = unique
    if name == "home_requests":
        row |= to_document(_request(person, identity, then))
    for field, text in SEALED.get(name, {}).items():
        place = f"{name}/{identity}/{field}"
        row[f"{field}_sealed"] = deps.vault.seal(text, place=place)
    return row | ROWS[name]


def _request(person: str, request_id: str, then: datetime) -> HomeRequest:
    return HomeRequest(
        id=request_id,
        home=cast.WANG_HOME,
        relation=Relation.FAMILY,
        person=person,
        filed_by=person,
        open_key=None,
        state=RequestState.REJECTED,
        name_sealed="",
        created_at=then,
    )
