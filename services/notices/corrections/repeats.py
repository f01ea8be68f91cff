"""Notices that are told again: who had been told an older edition is pushed to once more.

A broadcast of its own for each edition, so that one push an edition and person is the most,
with an entry of its own in the inbox. The others are told by the notice's own broadcast, which
goes on with the new text, or not at all.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from services.audiences import actions as audiences
from services.audiences import readers
from services.dependencies import Dependencies, Transaction
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import Part, Quiet, Recipients
from services.notices import notify, store
from services.notices.models import Notice
from services.notices.readings import store as readings
from services.notices.states import OUT, NoticeState, edition

NOBODY: Final = Part([], None)


async def follow(
    deps: Dependencies, tx: Transaction, made: Notice, before: Notice, quiet: Quiet
) -> None:
    """Let what is told again follow a notice that was corrected or withdrawn just now.

    What an earlier edition was told again with has the present text from now on; it stops
    where the notice does, and where this edition is told again itself.
    """
    wish = notify.again(made, quiet)
    is_told = made.told_again != before.told_again
    stops = is_told or made.state is NoticeState.WITHDRAWN
    text = {"title": wish.title, "body": wish.body}
    for each in notify.again_of(before):
        if stops:
            await broadcasts.stop(deps, tx, each, **text)
        else:
            await broadcasts.rewrite(deps, tx, each, **text, values=wish.values)
    if is_told:
        await broadcasts.start(deps, tx, wish)


def editions(found: Notice, present: int, *, tell_again: bool) -> list[int]:
    """Return the editions that were told again, once the present one is, if it is."""
    return [*found.told_again, present] if tell_again else found.told_again


async def part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next of those who were told an older edition, and belong here today.

    By the places of the audience and not by what it asks of homes: who has paid since was told
    all the same.
    """
    found = next(iter(await store.find_short(deps.db, [key.rpartition(":")[0]])), None)
    if found is None or found.state not in OUT:
        return NOBODY
    wide = msgspec.structs.replace(found.audience, usages=[], owing_since=None, lacks=[])
    meant = await audiences.part(deps, wide, after, limit)
    people = sorted({person for each in meant.recipients for person in each.people})
    told = await _told(deps, found, people)
    return Part([_of(each, told) for each in meant.recipients if each.people], meant.after)


async def _told(
    deps: Dependencies, notice: Notice, people: Sequence[str]
) -> Mapping[str, Sequence[str] | None]:
    """Return who was told an older edition and does not know the present one: four queries.

    Person → the homes for which they may read it; None for all, as their neighbours may.
    """
    present = edition(notice.version, notice.state)
    read = {row.person: row.version for row in await readings.of(deps.db, [notice.id], people)}
    older = {person for person, version in read.items() if 0 < version < present}
    broadcast = notify.broadcast_of(notice)
    told, know = await broadcasts.take_over(deps, broadcast, people, older)
    know |= {person for person, version in read.items() if version >= present}
    if readers.narrow(notice.audience):
        return {person: homes for person, homes in told.items() if person not in know}
    return dict.fromkeys((older | told.keys()) - know)


def _of(meant: Recipients, told: Mapping[str, Sequence[str] | None]) -> Recipients:
    """Return those of a home, or office, who are told again; homes are not counted anew."""
    people = tuple(
        person
        for person in meant.people
        if person in told and ((places := told[person]) is None or meant.place in places)
    )
    return Recipients(meant.place, people, is_home=False)
