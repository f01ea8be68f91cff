"""Drafts of feedback: what was sent is checked, and what was typed is sealed."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from services.appointments import offices
from services.cases import numbers
from services.cases.models import CameBy
from services.dependencies import Dependencies
from services.feedback import rungs
from services.feedback.boards import keys
from services.feedback.filings import whereabouts
from services.feedback.kind import FEEDBACK
from services.feedback.models import (
    HOME,
    NAME,
    TEXT,
    Feedback,
    FeedbackKind,
    FileFeedback,
    Rung,
)
from services.feedback.states import FeedbackState
from services.kernel import errors
from services.kernel.paths import ancestors, covers
from services.kernel.permissions import Actor, Permission, Role
from services.photos import actions as photos
from services.photos.models import Media
from services.places import actions as places
from services.places import grids
from services.places.models import Kind as PlaceKind
from services.residencies import actions as residencies
from services.residencies import sealed

ABOUT: Final = (PlaceKind.COMPOUND, PlaceKind.BUILDING, PlaceKind.UNIT, PlaceKind.HOME)
WAYS: Final = frozenset({CameBy.VISIT, CameBy.PHONE, CameBy.MEETING, CameBy.COUNTER})
# A voice is known by who hears it, and a film shows a home.
PICTURES: Final = frozenset({Media.JPEG})


class BadWay(errors.InvalidInput):
    """One's own comes by the mini-program; for others it came by visit, phone or meeting."""

    code = "feedback_bad_way"


class WhoNeeded(errors.InvalidInput):
    """By office somebody says an observation of their own; all else somebody else said."""

    code = "feedback_who_needed"


class BadAnonymity(errors.InvalidInput):
    """Without a name one says one's own, with pictures only; by name it goes past no head."""

    code = "feedback_bad_anonymity"


class BadAbout(errors.InvalidInput):
    """Only a complaint is about somebody; nobody holds that office there, or it is oneself."""

    code = "feedback_bad_about"


async def draw_up(deps: Dependencies, actor: Actor, wish: FileFeedback) -> Feedback:
    """Return what is kept of a new case, with its number and where it lies first.

    Raises NotFound, Forbidden, BadWay, BadAnonymity, BadAbout.
    """
    place = await _place(deps, actor, wish)
    way = _way(wish)
    await _require_nameless(deps, wish)
    at = await whereabouts.coarse(deps, place) if wish.anonymous else place
    draft = new(
        deps,
        at,
        wish.kind,
        person=None if wish.on_behalf_of else actor.person_id,
        filed_by=actor.person_id,
        way=way,
        anonymous=wish.anonymous,
        straight=wish.straight,
        photo_ids=list(dict.fromkeys(wish.photo_ids)),
    )
    draft = await laid(deps, await _about(deps, actor, draft, wish), wish.text)
    await _name(deps, actor, draft, wish, place)
    return draft


def new(deps: Dependencies, place: str, kind: FeedbackKind, **known: Any) -> Feedback:
    """Return a case as it begins, without its words, its number and where it lies."""
    now = deps.now()
    return Feedback(
        id=deps.new_id(),
        number="",
        place=place,
        kind=kind,
        state=FeedbackState.WAITING,
        created_at=now,
        entered_at=now,
        steps=1,
        rung=Rung.UNIT_HEAD,
        **known,
    )


async def laid(deps: Dependencies, draft: Feedback, text: str) -> Feedback:
    """Return a new case with its words, its number, and the rung with which it lies first."""
    draft = msgspec.structs.replace(draft, **await rungs.first(deps, draft))
    draft.due_at = draft.clocks[rungs.GOAL].due_at
    draft.rung_due = None if draft.is_top else draft.due_at
    draft.number = await numbers.draw(deps, FEEDBACK, draft.place)
    draft.text_sealed = TEXT.seal(deps.vault, draft.id, text)
    draft.words = await keys.of(deps, draft, text)
    return draft


async def _place(deps: Dependencies, actor: Actor, wish: FileFeedback) -> str:
    """Return the place. Raises NotFound for one of others, and Forbidden for whom one is not.

    People say what they like of their home and of all that their compound shares; a head or
    member of staff writes down what was said of a place of theirs, and what they saw there.
    Raises WhoNeeded for what an office says by itself and is no observation.
    """
    place = await places.get(deps, wish.place)
    if place.kind not in ABOUT:
        raise errors.NotFound(places.MISSING)
    by_office = actor.may(Permission.WRITE_FEEDBACK, place.id)
    if wish.on_behalf_of:
        if not by_office and is_shared_with(actor, place.id):
            raise errors.Forbidden("替别人反映要由三长或社区工作人员登记")
        if not by_office:
            raise errors.NotFound(places.MISSING)
        return place.id
    if is_shared_with(actor, place.id):
        return place.id
    if not by_office:
        raise errors.NotFound(places.MISSING)
    if wish.kind is not FeedbackKind.OBSERVATION or wish.anonymous:
        raise WhoNeeded("请写明是谁反映的")
    return place.id  # as from a round


def is_shared_with(actor: Actor, place: str) -> bool:
    """Tell whether a place is somebody's own home, or one that their compound shares."""
    homes = actor.places(Permission.VIEW_HOME)
    if len(ancestors(place)) > whereabouts.UNIT:
        return any(covers(home, place) for home in homes)
    return any(covers(places.compound_of(home), place) for home in homes)


def _way(wish: FileFeedback) -> CameBy:
    if wish.on_behalf_of is None:
        if wish.way not in {None, CameBy.APP}:
            raise BadWay("自己反映的不用填写来源")
        return CameBy.APP
    way = wish.way or CameBy.VISIT
    if way not in WAYS:
        raise BadWay("来源请选走访、电话、会议或窗口")
    return way


async def _require_nameless(deps: Dependencies, wish: FileFeedback) -> None:
    """Raise BadAnonymity for what would name who said it, or goes past the heads by name."""
    if wish.straight and not wish.anonymous:
        raise BadAnonymity("只有匿名反映才能直接交社区")
    if not wish.anonymous:
        return
    if wish.on_behalf_of:
        raise BadAnonymity("替别人登记的不能匿名")
    await require_pictures(deps, wish.photo_ids)


async def require_pictures(deps: Dependencies, photo_ids: Sequence[str]) -> None:
    """Raise BadAnonymity for a recording or a film: who hears it knows who said it."""
    media = await photos.media_of(deps, photo_ids)
    if not {*media.values()} <= PICTURES:
        raise BadAnonymity("匿名时请不要附录音和视频,声音会让人认出您")


async def _about(
    deps: Dependencies, actor: Actor, draft: Feedback, wish: FileFeedback
) -> Feedback:
    """Add whom a complaint is about: who holds that office over its place today."""
    if wish.about is None:
        return draft
    if wish.kind is not FeedbackKind.COMPLAINT:
        raise BadAbout("只有投诉才选择对谁")
    paths = [*ancestors(wish.place), *await grids.grids_with(deps, wish.place)]
    role = Role(wish.about.value)
    found = await offices.holders_at(deps, paths, [role])
    meant = [one for one in found if bool(one.substitute_for) is wish.about_substitute]
    if not meant:
        raise BadAbout("这里现在没有人担任这个职务")
    people = sorted({one.person for one in meant if one.person})
    if actor.person_id in people:
        raise BadAbout("不能登记对自己的投诉,请找社区办理")
    return msgspec.structs.replace(
        draft,
        about=wish.about,
        about_substitute=wish.about_substitute,
        about_people=people,
        about_desks=[] if all(one.person for one in meant) else rungs.desks([role], wish.place),
    )


async def _name(
    deps: Dependencies, actor: Actor, draft: Feedback, wish: FileFeedback, place: str
) -> None:
    name, home = wish.on_behalf_of or "", ""
    if draft.person is not None:
        rows = await residencies.of_person(deps, actor.person_id)
        rows = [row for row in rows if covers(places.compound_of(place), row.home)]
        rows.sort(key=lambda row: row.home != place)
        if rows:
            name, home = sealed.name_of(deps, rows[0]), rows[0].home
    draft.name_sealed = NAME.seal(deps.vault, draft.id, name) if name else ""
    draft.home_sealed = HOME.seal(deps.vault, draft.id, home) if home else ""
