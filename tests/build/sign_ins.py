"""Sign-ins without HTTP: the product's own actions the first time, then a copy of their work.

The way over HTTP and WeChat has tests of its own (tests/handlers/test_sessions.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast
from uuid import uuid4

from pymongo import ASCENDING

from sandbox.openids import openid_of, unionid_of
from services.accounts import actions as accounts
from services.consents import actions as consents
from services.consents.models import GiveConsent
from services.consents.policies import CURRENT, PolicyKey
from services.dependencies import Dependencies
from services.grants import actions as grants
from services.kernel import phones
from services.kernel.permissions import Actor
from services.sessions import actions as sessions
from services.sessions import tokens
from services.sessions.models import Visit
from services.wechat.mini_program import MiniProgram
from services.wechat.models import Login, PhoneNumber
from tests.build import documents
from tests.build.documents import Database, Documents

PRIVACY: Final = PolicyKey.PRIVACY


@dataclass
class Member:
    """Somebody of the cast, signed in."""

    name: str
    phone: str
    token: str = ""
    person_id: str = ""
    refresh_token: str = ""


@dataclass
class ToldByWeChat:
    """What WeChat would say of a code, where the code is the name or the phone itself."""

    appid: str

    async def login(self, name: str) -> Login:
        openid, unionid = openid_of(self.appid, name), unionid_of(name)
        return Login(openid=openid, session_key="", unionid=unionid)

    async def phone_number(self, phone: str) -> PhoneNumber:
        return PhoneNumber(country_code="86", number=phone)


@dataclass
class SignIn:
    """What a sign-in did to the database, and what of it must be as it was to do so again."""

    member: Member
    before: Documents
    new: Documents
    changed: Documents
    looked: Mapping[str, dict[str, Any]]

    async def fits(self, db: Database) -> bool:
        """Tell whether all that the sign-in looked at is as it was."""
        first, *others = (self._look(name) for name in self.looked)
        rest = [{"$unionWith": {"coll": name, "pipeline": stages}} for name, stages in others]
        name, stages = first
        cursor = await documents.collection(db, name).aggregate([*stages, *rest])
        found: dict[str, list[bytes]] = {}
        async for row in cursor:
            found.setdefault(row["of"], []).append(row["is"].raw)
        return found == documents.raw(self.before)

    def _look(self, name: str) -> tuple[str, list[dict[str, Any]]]:
        shown = {"_id": 0, "of": {"$literal": name}, "is": "$$ROOT"}
        order = {"$sort": {"_id": ASCENDING}}
        return name, [{"$match": self.looked[name]}, order, {"$project": shown}]


_kept: dict[tuple[datetime, str, str, str, int], SignIn] = {}


async def sign_in(deps: Dependencies, db: Database, name: str, phone: str) -> Member:
    """Sign somebody in, agree to the current text, prove the phone when there is one."""
    key = deps.now(), deps.vault.current, name, phone, CURRENT[PRIVACY].version
    kept = _kept.get(key)
    if kept is None:
        before = await documents.taken(db)
        member = await by_actions(deps, name, phone)
        guards = _guards(deps, name, phone)
        _kept[key] = _between(before, await documents.taken(db), guards, member)
        return member
    if not await kept.fits(db):
        return await by_actions(deps, name, phone)
    await documents.put(db, kept.new, kept.changed)
    return replace(kept.member)


async def by_actions(deps: Dependencies, name: str, phone: str) -> Member:
    told = cast(MiniProgram, ToldByWeChat(deps.wechat.appid))
    deps = replace(deps, wechat=told)
    visit = Visit(request_id=uuid4().hex, address="127.0.0.1")
    made = await sessions.sign_in(deps, name, visit)
    who = tokens.read_access(deps.vault, made.access_token, deps.now())
    actor = Actor(*who, request_id=visit.request_id, address=visit.address)
    await consents.give(deps, actor, current(PRIVACY))
    if phone:
        await accounts.give_phone(deps, actor, phone)
    return Member(name, phone, made.access_token, who[0], made.refresh_token)


async def actor_of(deps: Dependencies, member: Member) -> Actor:
    """Return somebody who is signed in, with what they hold today, to act without HTTP."""
    return Actor(member.person_id, "", await grants.grants_of(deps, member.person_id))


def current(policy: PolicyKey) -> GiveConsent:
    return GiveConsent(policy=policy, version=CURRENT[policy].version)


def _guards(deps: Dependencies, name: str, phone: str) -> dict[str, dict[str, Any]]:
    """Return, by collection, the query of what a sign-in looks at beside what it changes."""
    wechat_key = f"{deps.wechat.appid}:{openid_of(deps.wechat.appid, name)}"
    found: dict[str, dict[str, Any]] = {"people": {"wechat_key": wechat_key}}
    if phone:
        under = {"phone_index": phones.blind_index(deps.vault, f"+86{phone}")}
        found |= {"residencies": under, "appointments": under}
    return found


def _between(
    before: Documents, after: Documents, guards: dict[str, dict[str, Any]], member: Member
) -> SignIn:
    """Compare a database before and after a sign-in."""
    new, changed = documents.difference(before, after)
    looked = {}
    for name in {*new, *changed, *guards}:
        ids = [row["_id"] for row in (*new.get(name, ()), *changed.get(name, ()))]
        looked[name] = {"$or": [{"_id": {"$in": ids}}, guards.get(name, {"_id": None})]}
    return SignIn(member, _seen(before, looked), new, changed, looked)


def _seen(before: Documents, looked: Mapping[str, dict[str, Any]]) -> Documents:
    """Return the documents that the queries find, of those taken before."""
    found = {}
    for name, query in looked.items():
        by_id, by_field = query["$or"]
        [(field, value)] = by_field.items()
        found[name] = [
            row
            for row in before.get(name, ())
            if row["_id"] in by_id["_id"]["$in"] or row.get(field) == value
        ]
    return {name: rows for name, rows in found.items() if rows}
