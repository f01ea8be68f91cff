"""Keys of feedback: by what it is found, though what was said is sealed.

A word of a text in clear beside the sealed text would give most of the text away to whoever
holds the database. So each is kept as a keyed fingerprint: the same word gives the same one,
and without the key nobody reads it. Names, phones and homes are never among them. Whoever
searches finds only what they may read anyway.
"""

from collections.abc import Iterable
from typing import Final

from services.dependencies import Dependencies
from services.feedback.filings.whereabouts import shown_place
from services.feedback.models import Feedback
from services.kernel import words
from services.places import actions as places

PURPOSE: Final = "feedback-words"
# Of a fingerprint: one of 2^64 is no other word's among some hundred millions.
SIGNS: Final = 16


async def of(deps: Dependencies, case: Feedback, text: str) -> list[str]:
    """Return the fingerprints of the words of a case that is new."""
    place = shown_place(case)
    addresses = await places.addresses(deps, [place])
    told = (case.number, case.kind.label, *addresses.values(), text)
    return fingerprints(deps, (await words.dictionary()).kept(*told))


def fingerprints(deps: Dependencies, found: Iterable[str]) -> list[str]:
    """Return the keyed fingerprints of some words."""
    return [deps.vault.blind(each, purpose=PURPOSE)[:SIGNS] for each in found]
