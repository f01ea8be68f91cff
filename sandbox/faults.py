"""Scripted faults: which call fails, and how."""

import itertools
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import msgspec

from sandbox.web import Call


class SignFault(StrEnum):
    BAD = "bad"
    MISSING = "missing"
    STALE = "stale"
    FUTURE = "future"
    UNKNOWN_SERIAL = "unknown_serial"
    CERTIFICATE = "certificate"
    PUBLIC_KEY = "public_key"
    SIGNTEST = "signtest"
    TAMPERED = "tampered"


class Match(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    path: str
    method: str = ""
    nth: int = 1
    times: int | None = 1  # None: for ever
    mchid: str = ""
    out_trade_no: str = ""


class Action(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    errcode: int | None = None
    errmsg: str = "scripted"
    http: int | None = None
    code: str = ""
    message: str = "scripted"
    delay_seconds: float = 0.0
    drop: Literal["before", "after"] | None = None
    sign: SignFault | None = None
    body_patch: dict[str, Any] | None = None
    raw: Any = None


class Script(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    match: Match
    action: Action


NONE = Action()


@dataclass(slots=True)
class Fault:
    id: str
    script: Script
    pattern: re.Pattern[str]
    seen: int = 0
    fired: int = 0

    def fits(self, call: Call) -> bool:
        match = self.script.match
        if not self.pattern.match(call.path) or match.method not in ("", call.method):
            return False
        # mchid and out_trade_no may be in the path, query, body or Authorization header.
        haystack = call.uri.encode() + call.body + call.authorization.encode()
        return match.mchid.encode() in haystack and match.out_trade_no.encode() in haystack

    @property
    def spent(self) -> bool:
        times = self.script.match.times
        return times is not None and self.fired >= times


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, script: Script) -> str:
        path = script.match.path
        pattern = re.compile(path if path.startswith("^") else re.escape(path))
        fault = Fault(id=f"f{next(self._numbers)}", script=script, pattern=pattern)
        self._faults.append(fault)
        return fault.id

    def clear(self) -> None:
        self._faults.clear()

    def take(self, call: Call) -> tuple[str, Action]:
        """Return the first matching fault that is due; every matching one counts the call."""
        chosen: Fault | None = None
        for fault in self._faults:
            if fault.spent or not fault.fits(call):
                continue
            fault.seen += 1
            if chosen is None and fault.seen >= fault.script.match.nth:
                fault.fired += 1
                chosen = fault
        return (chosen.id, chosen.script.action) if chosen else ("", NONE)
