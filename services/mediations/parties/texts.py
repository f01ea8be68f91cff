"""Texts about parties: in them other words stand for the names and phones of some."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel import phones
from services.kernel.vault import Sealed, Vault
from services.mediations.parties.models import NAME, SOMEBODY, STEMS, PartyRow

# What an agreement calls the parties; its words are confirmed with them.
LETTERS: Final = frozenset(f"{stem}方" for stem in STEMS)
# One character is a part of other words, and names nobody.
SHORTEST: Final = 2
PHONE_GONE: Final = "[电话略]"
# As people write numbers: those of mobiles, then any other digits that may be one.
NUMBERS: Final = (
    re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"),
    re.compile(r"(?<!\d)\+?\d(?:[- ]?\d){6,14}(?!\d)"),
)


class Gone(Struct, frozen=True):
    """What is taken out of a text.

    `names`: name → what stands for it. `kept`: names that stay, also where they begin with one
    that goes, or are the same. `phones`: fingerprints of numbers.
    """

    names: Mapping[str, str]
    kept: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()


def without(deps: Dependencies, text: str, gone: Gone) -> str:
    """Return a text without some names and phones."""
    text = without_phones(deps.vault, text, gone.phones)
    return without_names(text, gone.names, kept=gone.kept)


def without_names(text: str, names: Mapping[str, str], *, kept: Iterable[str] = ()) -> str:
    """Return a text in which other words stand for names, the longest name first.

    What stays: names of one character, 甲方 and the like, and the names of others.
    """
    goes = {name: word for name, word in names.items() if len(name) >= SHORTEST}
    stays = {name: name for name in (*kept, *LETTERS) if len(name) >= SHORTEST}
    words = goes | stays
    found = "|".join(re.escape(name) for name in sorted(words, key=len, reverse=True))
    return re.sub(found, lambda match: words[match[0]], text)


def without_phones(vault: Vault, text: str, gone: frozenset[str]) -> str:
    """Return a text without the numbers that have one of some fingerprints."""

    def written(match: re.Match[str]) -> str:
        try:
            number = phones.normalise(match[0])
        except phones.InvalidPhone:
            return match[0]
        return PHONE_GONE if phones.blind_index(vault, number) in gone else match[0]

    for pattern in NUMBERS if gone else ():
        text = pattern.sub(written, text)
    return text


def name_of(deps: Dependencies, row: PartyRow) -> str:
    """Return the name of a party, as it was given."""
    return NAME.open(deps.vault, row.id, row.name_sealed)


def phones_of(row: PartyRow) -> set[str]:
    """Return the fingerprints of the numbers that are known of a party."""
    return {row.phone_index, row.proved_index} - {""}


def gone_of(deps: Dependencies, gone: PartyRow, rows: Sequence[PartyRow]) -> Gone:
    """Return what goes from all texts with a party: 当事人 stands for them."""
    kept = {name_of(deps, row) for row in rows if row.id != gone.id}
    names = {name_of(deps, gone): SOMEBODY}
    return Gone(names, frozenset(kept), frozenset(phones_of(gone)))


def others_of(deps: Dependencies, rows: Sequence[PartyRow], *, but: str) -> Gone:
    """Return what is taken out for a person: for the others stands how they are called.

    当事人 for a name that two of them have.
    """
    others = [row for row in rows if row.person != but]
    named = [(name_of(deps, row), row.letter) for row in others]
    known = Counter(name for name, _ in named)
    names = {name: letter if known[name] == 1 else SOMEBODY for name, letter in named}
    kept = {name_of(deps, row) for row in rows if row.person == but}
    numbers = {number for row in others for number in phones_of(row)}
    return Gone(names, frozenset(kept), frozenset(numbers))


def resealed(deps: Dependencies, field: Sealed, row_id: str, text: str, gone: Gone) -> str:
    """Return a sealed text without some names and phones; "" for none."""
    if not text:
        return ""
    return field.seal(
        deps.vault, row_id, without(deps, field.open(deps.vault, row_id, text), gone)
    )
