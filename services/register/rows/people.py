"""People of a row: names, their order, and which phone belongs to whom."""

import re
from typing import Final

from services.register.sheet.cells import NOTHING, Cell, Phones, text_of
from services.register.sheet.models import Code, ListedPerson
from services.residencies.models import Relation

LONGEST_NAME: Final = 40
BETWEEN_NAMES: Final = re.compile(r"\s*[、/,;|\\&+]\s*|\s*\n\s*")
CO_OWNERS: Final = re.compile(r"\(?共有权?人?\s*:\s*|\(共有权?人?\s*")
NOTE: Final = re.compile(r"\(.*?\)|\(.*$|[0-9]{2,}")
# Characters of Chinese names, the rare ones with them: private use, and CJK extensions up to J.
CHINESE: Final = re.compile("[㐀-鿿·•〇\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff]+")
SHORTEST_FULL_NAME: Final = 2
OTHERS: Final = {Relation.OWNER: Relation.CO_OWNER}


def names_of(cell: Cell) -> tuple[list[str], set[Code]]:
    """Return the names in a cell, in order and without repeats, and their problems."""
    places, odd = _places(cell)
    return [name for name in places if name], odd


def _places(cell: Cell) -> tuple[list[str], set[Code]]:
    """Return the names in a cell, "" for a place that is empty or repeats a name."""
    found: list[str] = []
    odd: set[Code] = set()
    for part in BETWEEN_NAMES.split(text_of(cell)):
        word = part.strip(" )")
        bare = NOTE.sub("", word).strip()
        if bare != word:
            odd.add(Code.OWNER_NOTE)
        pieces = bare.split()
        if len(pieces) > 1 and all(_is_full(piece) for piece in pieces):
            odd.add(Code.OWNERS_BY_SPACE)
        else:
            pieces = ["".join(pieces) if CHINESE.search(bare) else bare]
        found += ["" if piece in NOTHING or piece in found else piece for piece in pieces]
    if any(len(name) > LONGEST_NAME for name in found):
        odd.add(Code.OWNER_TOO_LONG)
    return found, odd


def _is_full(piece: str) -> bool:
    return len(piece) >= SHORTEST_FULL_NAME and CHINESE.fullmatch(piece) is not None


def people_of(
    owner: Cell, co_owner: Cell, phones: Phones, relation: Relation | None
) -> tuple[list[ListedPerson], set[Code]]:
    """Return the people of a row and its problems; phones are in the order of the names.

    The first name has the row's relation; of owners, those after it are co-owners.
    """
    first_part, *rest = CO_OWNERS.split(text_of(owner), maxsplit=1)
    first, odd = _places(first_part)
    beside = "、".join([*rest, text_of(co_owner)])
    others, more = names_of(beside) if beside else ([], set[Code]())
    names = [name for name in first if name]
    mine = relation or Relation.OWNER
    relations = [mine if i == 0 else OTHERS.get(mine, mine) for i in range(len(names))]
    named = dict(zip(names, relations, strict=True))
    for name in others:
        named.setdefault(name, Relation.CO_OWNER)
    numbers = list(phones)
    if len(phones) > len(named) and len(phones) <= len(first):
        # An empty place among the names has its place among the phones.
        numbers = [phone for name, phone in zip(first, phones, strict=False) if name]
    if sum(map(bool, phones)) > sum(map(bool, numbers[: len(named)])):
        more.add(Code.PHONE_EXTRA if named else Code.PHONE_WITHOUT_OWNER)
    numbers += [None] * len(named)
    people = [ListedPerson(n, p, r) for (n, r), p in zip(named.items(), numbers, strict=False)]
    return people, odd | more
