"""Phones of a file: one that was written for many people proves nothing about any of them."""

from collections.abc import Iterable
from typing import Final

from services.register.sheet.models import ListedPerson

# A couple and a child often share one; more names are an agent, an office or a typing error.
MOST_NAMES: Final = 3


class Phones:
    """Hashes of the names beside each phone, the first few of them; about 200 bytes a phone."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[int, ...]] = {}

    def are_shared(self, people: Iterable[ListedPerson]) -> bool:
        """Note the phones of a row; tell whether one stands beside more names than a family's.

        Who proves a phone in WeChat is bound to every home it is written for.
        """
        shared = False
        for person in people:
            if person.phone is None:
                continue
            phone, name = hash(person.phone), hash(person.name)
            names = self._names.get(phone, ())
            if name not in names and len(names) <= MOST_NAMES:
                names = self._names[phone] = (*names, name)
            shared |= len(names) > MOST_NAMES
        return shared
