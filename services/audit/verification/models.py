"""Anchors of the audit, and the verdict of its verification."""

from datetime import datetime

from msgspec import Struct, field

from services.audit.models import Head


class Anchor(Struct, kw_only=True):
    """Heads of all lanes at an instant: its line in the log leaves this machine.

    Chained and keyed like the rows, so that none can be forged or taken out of the middle.
    """

    number: int = field(name="_id")
    at: datetime
    heads: list[Head]
    key_id: str
    previous: str
    mac: str = ""


class Broken(Struct, frozen=True):
    """One thing `verify` did not find as it was written."""

    row: str
    problem: str


class Verdict(Struct, kw_only=True):
    """`last`: the newest anchor; the log's newest `audit_anchor` line must say the same."""

    rows: int = 0
    anchors: int = 0
    last: str = ""
    broken: list[Broken] = []
