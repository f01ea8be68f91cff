"""Marks of a place or a person: ids, addresses, names, amounts of everything there is.

Read off the database as it is: whatever has a place, a home or a person is looked for in every
answer, so that a new collection is watched from its first document on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import mongo_indexes
from tests.build.documents import Database
from tests.build.world import Reply
from tests.matrix.posts import GRIDS, HOMES, lies_in

TOKEN: Final = re.compile(r"[0-9A-Za-z_.]{8,}")
# A part of an id that says what it is, as "delivery" does, names nobody.
WORD: Final = re.compile(r"[a-z_]+")
PLACES: Final = ("place", "home", "compound")
PEOPLE: Final = ("person",)
AMOUNT: Final = "amount_fen"
LEAST_FEN: Final = 700_000  # what is more marks its place: nothing else is as much
READ: Final = (*PLACES, *PEOPLE, AMOUNT, "kind", "address", "position", "lines.home")
NOWHERE: Final = ""
# Their ids are of no use to anybody, or they are everybody's.
UNWATCHED: Final = {"audit_anchors", "audit_heads", "workers", "idempotency_keys", "firms"}


@dataclass
class Owner:
    """Where a mark lies, and whose it is. `is_path`: those above a place name it, too."""

    places: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    is_path: bool = False


@dataclass
class Marks:
    """`parts`: of ids that name others, e.g. a case's party; those others know better."""

    tokens: dict[str, Owner] = field(default_factory=dict)
    parts: dict[str, Owner] = field(default_factory=dict)
    amounts: dict[int, Owner] = field(default_factory=dict)

    def seen(self, reply: Reply) -> dict[str | int, Owner]:
        """Return the marks an answer shows."""
        text = reply.raw.decode(errors="replace")
        found: dict[str | int, Owner] = {
            token: self.tokens[token] for token in set(TOKEN.findall(text)) & self.tokens.keys()
        }
        found |= {name: Owner({home}) for home, name in HOMES.items() if f"{name[0]}*" in text}
        found |= {f"{n}建国": Owner({home}) for home, n in HOMES.items() if f"{n}建国" in text}
        for number in _integers(reply.body) & self.amounts.keys():
            found[number] = self.amounts[number]
        return found


def _integers(value: Any) -> set[int]:
    match value:
        case bool():
            return set()
        case int():
            return {value}
        case dict():
            return set().union(*map(_integers, value.values()))
        case list():
            return set().union(*map(_integers, value))
    return set()


def foreign(owner: Owner, scope: tuple[str, ...], person_id: str, *, private: bool) -> bool:
    """Tell whether a mark lies outside these places, and is not the person's own.

    `private`: the answer is about whoever asks; what is somebody else's has no business there.
    """
    if person_id in owner.people:
        return False
    if private and owner.people:
        return True
    where = owner.places or {NOWHERE}
    return not any(_within(place, held, owner) for place in where for held in scope)


def _within(place: str, held: str, owner: Owner) -> bool:
    if place == NOWHERE:  # of no place: the business of whoever answers for the whole city
        return "." not in held
    return lies_in(place, held) or (owner.is_path and lies_in(held, place))


@dataclass
class Watch:
    """The marks of everything there is; a collection is read again when its digest changed."""

    db: Database
    kept: dict[str, tuple[str, Marks]] = field(default_factory=dict)
    firms: tuple[str, set[str]] = ("", set())

    async def digests(self) -> dict[str, str]:
        names = [module.COLLECTION for module in mongo_indexes.ALL]
        answer = await self.db.command("dbHash", collections=names)
        return dict(answer["collections"])

    async def marks(self, digests: Mapping[str, str]) -> Marks:
        """Return the marks of the database as it is, which has these digests."""
        found = Marks()
        for name in [module.COLLECTION for module in mongo_indexes.ALL]:
            if name in UNWATCHED or name not in digests:
                continue
            if name not in self.kept or self.kept[name][0] != digests[name]:
                self.kept[name] = digests[name], await _read(self.db, name)
            of_one = self.kept[name][1]
            if name == "places":  # a path is its place's own, whoever names it
                found.tokens |= of_one.tokens
            else:
                found.tokens = {**of_one.tokens, **found.tokens}
            found.parts = {**of_one.parts, **found.parts}
            found.amounts = {**of_one.amounts, **found.amounts}
        firms = await self._firms(digests)
        parts = {token: owner for token, owner in found.parts.items() if token not in firms}
        found.tokens = {**parts, **found.tokens}
        return found

    async def _firms(self, digests: Mapping[str, str]) -> set[str]:
        """Ids of firms, which are everybody's, also where they are a part of another id."""
        if self.firms[0] != digests["firms"]:
            ids = {str(firm["_id"]) async for firm in self.db["firms"].find({}, {"_id": 1})}
            self.firms = digests["firms"], ids
        return self.firms[1]


async def _read(db: Database, collection: str) -> Marks:
    marks = Marks()
    for document in await db[collection].find({}, dict.fromkeys(READ, 1)).to_list():
        _add(marks, collection, document)
    return marks


def _add(marks: Marks, collection: str, document: dict[str, Any]) -> None:
    key = str(document["_id"])
    if collection == "places":
        # A path names itself; those above a place are known to whoever stands there.
        if key not in GRIDS and document["kind"] != "grid":
            marks.tokens[key] = _at(key)
            if TOKEN.fullmatch(address := document["address"]):
                marks.tokens[address] = _at(key)
        return
    owner = Owner(
        {document[name] for name in PLACES if document.get(name)}
        | {line["home"] for line in document.get("lines", ()) if "home" in line},
        {document[name] for name in PEOPLE if document.get(name)},
    )
    if collection == "people":
        owner.people.add(key)
    if collection == "audit":
        key = document["position"]  # the row's id counts from 1 in every lane
    if not owner.places and not owner.people:
        return
    named = TOKEN.findall(key)
    for token in named:
        if token not in owner.people and (named == [key] or not WORD.fullmatch(token)):
            (marks.tokens if named == [key] else marks.parts).setdefault(token, owner)
    if isinstance(amount := document.get(AMOUNT), int) and amount > LEAST_FEN:
        marks.amounts.setdefault(amount, owner)


def _at(path: str) -> Owner:
    return Owner({path}, is_path=True)
