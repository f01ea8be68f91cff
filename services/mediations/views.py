"""Views of a mediation, by the circle in which somebody knows of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from services.appointments import offices
from services.appointments import views as appointments
from services.cases import access as access_to_cases
from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.permissions import Actor, Role
from services.kernel.views import show
from services.mediations.agreements import views as agreements
from services.mediations.agreements.models import AgreementView
from services.mediations.kind import MEDIATION, circle_of
from services.mediations.models import (
    NOTE,
    OUTCOME,
    Circle,
    EndReason,
    Matter,
    Mediation,
    MediationRow,
)
from services.mediations.parties import store as parties
from services.mediations.parties.models import NAME, PHONE, STATEMENT, PartyRow, PartyView
from services.mediations.sessions import store as sessions_store
from services.mediations.sessions import views as sessions
from services.mediations.sessions.models import MediationSessionView, Session
from services.mediations.states import MediationAction, MediationState
from services.photos.models import PhotoUrl
from services.places import actions as places


class MediatorView(Struct, kw_only=True):
    """Who mediates, as the parties are told (人民调解法 art. 19, 23).

    `role`: Office of the mediator.
    `name`: Name, as it stands in the appointment; null for none.
    """

    role: Role
    name: Annotated[str, Meta(examples=["王建国"])] | None


class Seen(Struct, kw_only=True):
    """Mediation as one of those few sees it who may know of it.

    `mediation_id`: Opaque id of the mediation.
    `circle`: As what I see it.
    `address`: Name of the community.
    `matter`: What sort of dispute it is.
    `state`: How far it is.
    `mediator`: Who mediates; null for nobody yet, and once their office is over.
    `parties`: Who is in dispute.
    `sessions`: When one meets, and met.
    `agreement`: Agreement to be confirmed or in force; null for none.
    `note`: What an office wrote when it opened it, for the mediator; else null.
    `due_at`: Until when the talks, or the answers to the agreement, should have come to
    something; once it is in force, when the mediator asks whether it is kept; else null.
    `reason`: Why it ended without an agreement; null for no such end.
    `is_early`: Whether it ended before the day of its follow-up: no figure counts it as kept.
    `outcome`: What the mediator wrote at the end, for the mediator; else null.
    `steps`: What I can do with it now.
    `created_at`: When it was opened.
    `ended_at`: When it ended; null before.
    """

    mediation_id: str
    circle: Circle
    address: str
    matter: Matter
    state: MediationState
    mediator: MediatorView | None
    parties: list[PartyView]
    sessions: list[MediationSessionView]
    agreement: AgreementView | None
    note: Annotated[str, Meta(examples=["两家为漏水吵过几次"])] | None
    due_at: datetime | None
    reason: EndReason | None
    is_early: bool
    outcome: Annotated[str, Meta(examples=["双方都做到了"])] | None
    steps: list[MediationAction]
    created_at: datetime
    ended_at: datetime | None


class Papers(Struct, kw_only=True):
    """Signed papers of a mediation.

    `items`: Addresses, in the order of the parties.
    """

    items: list[PhotoUrl]


async def one(deps: Dependencies, actor: Actor, mediation: Mediation) -> Seen:
    """Return a mediation as the actor sees it, who took a step with it or may know of it."""
    circle = circle_of(actor, mediation) or Circle.PARTY
    rows = await parties.of(deps.db, mediation.id)
    addresses = await places.addresses(deps, [mediation.place, *{r.home for r in rows} - {""}])
    reads = circle is Circle.MEDIATOR
    note = mediation.note_sealed if reads else ""
    outcome = mediation.outcome_sealed if reads else ""
    planned = await sessions_store.of(deps.db, mediation.id)
    return show(
        mediation,
        Seen,
        mediation_id=mediation.id,
        circle=circle,
        address=addresses.get(mediation.place, ""),
        mediator=await _mediator(deps, mediation),
        parties=[_party(deps, actor, mediation, row, circle, addresses) for row in rows],
        sessions=sessions.shown(deps, planned, circle),
        agreement=await agreements.shown(deps, mediation),
        note=NOTE.open(deps.vault, mediation.id, note) if note else None,
        is_early=mediation.early,
        outcome=OUTCOME.open(deps.vault, mediation.id, outcome) if outcome else None,
        steps=_steps(deps, actor, mediation, rows=rows, planned=planned),
    )


def _steps(
    deps: Dependencies,
    actor: Actor,
    mediation: Mediation,
    *,
    rows: Sequence[PartyRow],
    planned: Sequence[Session],
) -> list[MediationAction]:
    """Return what somebody can do: not what they said already, nor what it is too early for."""
    own = next((row for row in rows if row.person == actor.person_id), None)
    done = set[MediationAction]()
    if own is not None and own.agreed is not None:
        done |= {MediationAction.CONSENT, MediationAction.DECLINE}
    if own is not None and mediation.version and own.confirmed == mediation.version:
        done |= {MediationAction.CONFIRM}
    done |= sessions.impossible(planned, deps.now())
    # Which yes is the last one, the answer finds out.
    done |= {
        MediationAction.BEGIN,
        MediationAction.NOTE_BEGIN,
        MediationAction.AGREE,
        MediationAction.NOTE_AGREE,
    }
    found = access_to_cases.steps_of(actor, MEDIATION, mediation, deps.now(), party=None)
    return [step for step in found if step not in done]


async def _mediator(deps: Dependencies, mediation: Mediation) -> MediatorView | None:
    if not mediation.appointment:
        return None
    found = await offices.find(deps, mediation.appointment)
    if found is None or not found.person:
        return None
    held = await offices.roles_of(deps, found.person)
    if found.id not in {each.id for each in held}:
        return None  # the term is over: somebody else is to be named
    return MediatorView(role=found.role, name=appointments.name_of(deps, found))


def _party(
    deps: Dependencies,
    actor: Actor,
    mediation: Mediation,
    row: PartyRow,
    circle: Circle,
    addresses: dict[str, str],
) -> PartyView:
    """Return a party; a phone and a statement are the mediator's to read."""
    is_me = row.person == actor.person_id
    statement = row.statement_sealed if is_me or circle is Circle.MEDIATOR else ""
    phone = row.phone_sealed if circle is not Circle.PARTY else ""
    number = PHONE.open(deps.vault, row.id, phone) if phone else None
    if number and circle is Circle.MEMBER:
        number = masking.phone(number)
    return PartyView(
        party_id=row.id,
        letter=row.letter,
        name=NAME.open(deps.vault, row.id, row.name_sealed),
        address=addresses.get(row.home),
        is_me=is_me,
        agreed=row.agreed,
        has_confirmed=bool(mediation.version) and row.confirmed == mediation.version,
        answered_by=row.answered_by if circle is Circle.MEDIATOR else None,
        phone=number,
        statement=STATEMENT.open(deps.vault, row.id, statement) if statement else None,
    )


async def rows(
    deps: Dependencies, actor: Actor, found: Sequence[Mediation]
) -> list[MediationRow]:
    """Return mediations as a list shows them: without who and what exactly."""
    addresses = await places.addresses(deps, [each.place for each in found])
    return [
        show(
            each,
            MediationRow,
            mediation_id=each.id,
            address=addresses.get(each.place, each.place),
            is_party=actor.person_id in each.people,
            is_mediator=actor.person_id == each.holder,
            has_mediator=bool(each.holder),
        )
        for each in found
    ]
