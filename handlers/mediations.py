"""Endpoints of mediations: asked for, talked about, agreed and looked after, among few."""

from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.cases.models import EventView
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.mediations import actions as mediations
from services.mediations.agreements import actions as agreements
from services.mediations.agreements.models import (
    ConfirmAgreement,
    Form,
    NoteSignature,
    ProposeAgreement,
)
from services.mediations.figures import actions as figures
from services.mediations.figures.models import MediationFigures, MediationFiguresQuery
from services.mediations.mediators import actions as mediators
from services.mediations.mediators.models import (
    AssignMediator,
    CandidateView,
    EndMediation,
    FollowUp,
    FollowUpMediation,
)
from services.mediations.models import EndReason, Matter, MediationRow, MediationsQuery
from services.mediations.openings import actions as openings
from services.mediations.openings.models import NewParty, Opened, OpenMediation
from services.mediations.parties import actions as parties
from services.mediations.parties.models import AnswerMediation, StateMediation
from services.mediations.sessions import actions as sessions
from services.mediations.sessions.models import HoldSession, PlanSession
from services.mediations.views import Papers, Seen

MediationId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the mediation, as it was answered."),
]
PartyId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the party, as it was answered.")
]
SessionId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the session, as it was answered.")
]
STEP: Final = ("not_found", "forbidden", "mediation_moved_on")
PARTY: Final = (*STEP, "consent_needed")
OFFICE: Final = (*STEP, "mediation_interest")
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class MediationsHandler(ApiHandler):
    @endpoint(
        "createMediation",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "consent_needed",
            "invalid_phone",
            "mediation_bad_parties",
            "mediation_interest",
            "mediation_no_member",
            "too_many_mediations",
        ),
        example=OpenMediation(
            matter=Matter.NOISE,
            statement="楼上晚上十一点还在练琴,想请社区帮忙谈谈",
            home="cc.chaoyang.guilin.xincheng.c07.b3.u2.502",
            parties=[NewParty(name="王秀兰", home="cc.chaoyang.guilin.xincheng.c07.b3.u2.602")],
        ),
    )
    async def post(self, body: OpenMediation) -> Opened:
        """Ask for mediation of a dispute of mine, or by an office for residents."""
        return await openings.open_one(self.deps, self.actor, body)

    @endpoint("listMediations", needs=Permission.ASSIGN_MEDIATOR)
    async def get(self, query: MediationsQuery) -> Page[MediationRow]:
        """Mediations of my community, the newest first, without names."""
        return await mediations.listing(self.deps, self.actor, query)


class MyMediationsHandler(ApiHandler):
    @endpoint("listMyMediations", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[MediationRow]:
        """Mediations in which I am a party or mediate, the newest first."""
        return await mediations.mine(self.deps, self.actor, query)


class MediationHandler(ApiHandler):
    @endpoint("getMediation", needs=Access.SIGNED_IN, errors=("mediation_interest",))
    async def get(self, mediation_id: MediationId) -> Seen:
        """One mediation, as a party, its mediator or the community's member sees it."""
        return await mediations.get(self.deps, self.actor, mediation_id)


class HistoryHandler(ApiHandler):
    @endpoint("listMediationEvents", needs=Access.SIGNED_IN, errors=("mediation_interest",))
    async def get(self, mediation_id: MediationId, query: ListQuery) -> Page[EventView]:
        """The steps of a mediation, the earliest first."""
        return await mediations.events(self.deps, self.actor, mediation_id, query)


class PapersHandler(ApiHandler):
    @endpoint("listMediationPapers", needs=Access.SIGNED_IN, errors=("mediation_interest",))
    async def get(self, mediation_id: MediationId) -> Papers:
        """Addresses of the signed papers of a mediation."""
        return await mediations.papers(self.deps, self.actor, mediation_id)


class AnswerHandler(ApiHandler):
    @endpoint(
        "answerMediation",
        needs=Access.SIGNED_IN,
        errors=(*PARTY, "mediation_answered"),
        example=AnswerMediation(agree=True),
    )
    async def post(self, mediation_id: MediationId, body: AnswerMediation) -> Seen:
        """Say whether I take part; a no ends it."""
        return await parties.answer(self.deps, self.actor, mediation_id, agree=body.agree)


class StatementHandler(ApiHandler):
    @endpoint(
        "submitMediationStatement",
        needs=Access.SIGNED_IN,
        errors=PARTY,
        example=StateMediation(text="孩子十二月考级,只练到九点"),
    )
    async def put(self, mediation_id: MediationId, body: StateMediation) -> Seen:
        """Write for the mediator alone what I have to say."""
        return await parties.state(self.deps, self.actor, mediation_id, body.text)


class LeaveHandler(ApiHandler):
    @endpoint("withdrawFromMediation", needs=Access.SIGNED_IN, errors=STEP)
    async def post(self, mediation_id: MediationId) -> Seen:
        """Leave as a party, which ends it."""
        return await parties.leave(self.deps, self.actor, mediation_id)


class PartyAnswerHandler(ApiHandler):
    @endpoint(
        "submitMediationAnswer",
        needs=Access.SIGNED_IN,
        errors=(*OFFICE, "mediation_answered"),
        example=AnswerMediation(agree=True),
    )
    async def post(
        self, mediation_id: MediationId, party_id: PartyId, body: AnswerMediation
    ) -> Seen:
        """Note as the mediator what a party said at the door."""
        return await parties.note_answer(
            self.deps, self.actor, mediation_id, party_id, agree=body.agree
        )


class PartyLeaveHandler(ApiHandler):
    @endpoint("submitMediationWithdrawal", needs=Access.SIGNED_IN, errors=OFFICE)
    async def post(self, mediation_id: MediationId, party_id: PartyId) -> Seen:
        """Note as the mediator that a party leaves, which ends it."""
        return await parties.note_leave(self.deps, self.actor, mediation_id, party_id)


class CandidatesHandler(ApiHandler):
    @endpoint(
        "listMediatorCandidates",
        needs=Access.SIGNED_IN,
        errors=("not_found", "forbidden", "mediation_interest"),
    )
    async def get(self, mediation_id: MediationId, query: ListQuery) -> Page[CandidateView]:
        """Who may be asked to mediate: nobody close to a party."""
        return await mediators.candidates(self.deps, self.actor, mediation_id, query)


class MediatorHandler(ApiHandler):
    @endpoint(
        "assignMediator",
        needs=Permission.ASSIGN_MEDIATOR,
        errors=(*OFFICE, "mediation_no_mediator"),
        example=AssignMediator(appointment_id="01hzy3v7k2m4n6p8q0r2s4t6v8"),
    )
    async def put(self, mediation_id: MediationId, body: AssignMediator) -> Seen:
        """Say as the community's mediation member who mediates."""
        return await mediators.assign(self.deps, self.actor, mediation_id, body)


class SessionsHandler(ApiHandler):
    @endpoint(
        "addMediationSession",
        needs=Access.SIGNED_IN,
        errors=(*OFFICE, "mediation_bad_time", "mediation_too_many_sessions"),
        example=PlanSession(
            begins=datetime(2027, 3, 5, 11, 0, tzinfo=UTC), where="社区三楼调解室"
        ),
    )
    async def post(self, mediation_id: MediationId, body: PlanSession) -> Seen:
        """Plan a session as the mediator; the parties are told."""
        return await sessions.plan(self.deps, self.actor, mediation_id, body)


class SessionHeldHandler(ApiHandler):
    @endpoint(
        "finishMediationSession",
        needs=Access.SIGNED_IN,
        errors=(*OFFICE, "mediation_session_moved_on", "mediation_session_not_begun"),
        example=HoldSession(minutes="双方约定晚上九点后不练琴", present=[]),
    )
    async def post(
        self, mediation_id: MediationId, session_id: SessionId, body: HoldSession
    ) -> Seen:
        """Write down as the mediator what was said, and who came."""
        return await sessions.hold(self.deps, self.actor, mediation_id, session_id, body)


class SessionCancelHandler(ApiHandler):
    @endpoint(
        "cancelMediationSession",
        needs=Access.SIGNED_IN,
        errors=(*OFFICE, "mediation_session_moved_on"),
    )
    async def post(self, mediation_id: MediationId, session_id: SessionId) -> Seen:
        """Cancel a session as the mediator; the parties are told."""
        return await sessions.cancel(self.deps, self.actor, mediation_id, session_id)


class AgreementHandler(ApiHandler):
    @endpoint(
        "offerMediationAgreement",
        needs=Access.SIGNED_IN,
        errors=OFFICE,
        example=ProposeAgreement(
            form=Form.WRITTEN, text="甲方晚上九点后不练琴,乙方不再敲管道。", follow_up_days=20
        ),
    )
    async def put(self, mediation_id: MediationId, body: ProposeAgreement) -> Seen:
        """Write the agreement down as the mediator; each party is asked to confirm it."""
        return await agreements.propose(self.deps, self.actor, mediation_id, body)


class ConfirmationHandler(ApiHandler):
    @endpoint(
        "confirmMediationAgreement",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "mediation_agreement_changed", "mediation_answered"),
        example=ConfirmAgreement(sha256=SHA256, agree=True),
    )
    async def post(self, mediation_id: MediationId, body: ConfirmAgreement) -> Seen:
        """Confirm exactly what I was shown; a no takes it back to the talks."""
        return await agreements.confirm(self.deps, self.actor, mediation_id, body)


class SignatureHandler(ApiHandler):
    @endpoint(
        "submitMediationSignature",
        needs=Access.SIGNED_IN,
        errors=(
            *OFFICE,
            "mediation_agreement_changed",
            "mediation_answered",
            "mediation_paper_needed",
        ),
        example=NoteSignature(
            sha256=SHA256, agree=True, photo_ids=["01hzy3v7k2m4n6p8q0r2s4t6v8"]
        ),
    )
    async def post(
        self, mediation_id: MediationId, party_id: PartyId, body: NoteSignature
    ) -> Seen:
        """Note as the mediator that a party signed on paper, with its photo."""
        return await agreements.note_signature(
            self.deps, self.actor, mediation_id, party_id, body
        )


class EndHandler(ApiHandler):
    @endpoint(
        "endMediation",
        needs=Access.SIGNED_IN,
        errors=OFFICE,
        example=EndMediation(reason=EndReason.FAR_APART),
    )
    async def post(self, mediation_id: MediationId, body: EndMediation) -> Seen:
        """End it as the mediator without an agreement."""
        return await mediators.end(self.deps, self.actor, mediation_id, body)


class FollowUpHandler(ApiHandler):
    @endpoint(
        "submitMediationFollowUp",
        needs=Access.SIGNED_IN,
        errors=OFFICE,
        example=FollowUpMediation(outcome=FollowUp.KEPT),
    )
    async def post(self, mediation_id: MediationId, body: FollowUpMediation) -> Seen:
        """Write down as the mediator whether the agreement is kept."""
        return await mediators.follow_up(self.deps, self.actor, mediation_id, body)


class FiguresHandler(ApiHandler):
    @endpoint(
        "getMediationFigures",
        needs=Permission.VIEW_MEDIATION_FIGURES,
        errors=("not_found", "mediation_quarter_not_over"),
    )
    async def get(self, place: PlacePath, query: MediationFiguresQuery) -> MediationFigures:
        """Mediations of a quarter by community, never about fewer than five."""
        return await figures.of_quarter(self.deps, self.actor, place, query.quarter)


A_MEDIATION: Final = "/api/v1/mediations/{mediation_id}"
A_PARTY: Final = f"{A_MEDIATION}/parties/{{party_id}}"
A_SESSION: Final = f"{A_MEDIATION}/sessions/{{session_id}}"
ROUTES = [
    Route("/api/v1/mediations", MediationsHandler),
    Route("/api/v1/me/mediations", MyMediationsHandler),
    Route(A_MEDIATION, MediationHandler),
    Route(f"{A_MEDIATION}/history", HistoryHandler),
    Route(f"{A_MEDIATION}/papers", PapersHandler),
    Route(f"{A_MEDIATION}/answer", AnswerHandler),
    Route(f"{A_MEDIATION}/statement", StatementHandler),
    Route(f"{A_MEDIATION}/leave", LeaveHandler),
    Route(f"{A_MEDIATION}/candidates", CandidatesHandler),
    Route(f"{A_MEDIATION}/mediator", MediatorHandler),
    Route(f"{A_PARTY}/answer", PartyAnswerHandler),
    Route(f"{A_PARTY}/leave", PartyLeaveHandler),
    Route(f"{A_PARTY}/signature", SignatureHandler),
    Route(f"{A_MEDIATION}/sessions", SessionsHandler),
    Route(f"{A_SESSION}/held", SessionHeldHandler),
    Route(f"{A_SESSION}/cancel", SessionCancelHandler),
    Route(f"{A_MEDIATION}/agreement", AgreementHandler),
    Route(f"{A_MEDIATION}/agreement/answer", ConfirmationHandler),
    Route(f"{A_MEDIATION}/end", EndHandler),
    Route(f"{A_MEDIATION}/follow-up", FollowUpHandler),
    Route("/api/v1/places/{place}/mediation-figures", FiguresHandler),
]
