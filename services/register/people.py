"""Who is named in a row: one owner, two in a cell, co-owners, tenants, with their phones."""

import re
from collections.abc import Sequence
from typing import Final

from services.register.cells import NOTHING, text_of
from services.register.models import Cell, ListedPerson
from services.register.problems import Code
from services.residencies.models import Relation

LONGEST_NAME: Final = 40
BETWEEN_NAMES: Final = re.compile(r"[、/,;|\\\n&+]")
CO_OWNERS: Final = re.compile(r"\(?共有权?人?\s*:\s*|\(共有权?人?\s*")
NOTE: Final = re.compile(r"\(.*?\)|\(.*$|[0-9]{2,}")
CHINESE: Final = re.compile(r"[㐀-鿿·•]+")
SHORTEST_FULL_NAME: Final = 2
OTHERS: Final = {Relation.OWNER: Relation.CO_OWNER}


def names_of(cell: Cell) -> tuple[list[str], set[Code]]:
    """Return the names in a cell, in order and without repeats, and what is odd about them."""
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
        found += [piece for piece in pieces if piece not in NOTHING and piece not in found]
    if any(len(name) > LONGEST_NAME for name in found):
        odd.add(Code.OWNER_TOO_LONG)
    return found, odd


def _is_full(piece: str) -> bool:
    return len(piece) >= SHORTEST_FULL_NAME and CHINESE.fullmatch(piece) is not None


def people_of(
    owner: Cell, co_owner: Cell, phones: Sequence[str], relation: Relation | None
) -> tuple[list[ListedPerson], set[Code]]:
    """Give each name its relation and its phone, both in the order of the file.

    The first name has the row's relation; of owners, those after it are co-owners.
    """
    first_part, *rest = CO_OWNERS.split(text_of(owner), maxsplit=1)
    names, odd = names_of(first_part)
    others, more = names_of("、".join([*rest, text_of(co_owner)]))
    mine = relation or Relation.OWNER
    relations = [mine if i == 0 else OTHERS.get(mine, mine) for i in range(len(names))]
    named = dict(zip(names, relations, strict=True))
    for name in others:
        named.setdefault(name, Relation.CO_OWNER)
    if len(phones) > len(named):
        more.add(Code.PHONE_EXTRA if named else Code.PHONE_WITHOUT_OWNER)
    numbers = [*phones, *[None] * len(named)]
    people = [ListedPerson(n, p, r) for (n, r), p in zip(named.items(), numbers, strict=False)]
    return people, odd | more
