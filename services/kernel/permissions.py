"""Roles and permissions: one table, and one function that decides who may do what where."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.errors import Forbidden, NotFound
from services.kernel.labels import Labelled
from services.kernel.paths import covers, outermost


class Role(Labelled):
    """Role at a place, by living there or by being appointed."""

    @property
    def is_office(self) -> bool:
        """Tell whether it comes from an appointment, and not from a home."""
        return self in RUNGS

    @property
    def by_living(self) -> bool:
        """Tell whether it comes from belonging to a home today."""
        return not self.is_office and self is not Role.DEBTOR

    OWNER = "owner", "业主"
    RESIDENT = "resident", "家属"  # family
    TENANT = "tenant", "租户"
    PAYER = "payer", "代缴亲友"  # a relative who pays and sees nothing else
    DEBTOR = "debtor", "原住户"  # who left, and owes what was charged until then
    UNIT_HEAD = "unit_head", "单元长"
    BUILDING_HEAD = "building_head", "楼栋长"
    GRID_HEAD = "grid_head", "网格长"
    FIRM_MANAGER = "firm_manager", "物业经理"
    DISPATCHER = "dispatcher", "物业调度员"
    REPAIRER = "repairer", "物业维修工"
    CASHIER = "cashier", "物业收费员"
    COMMITTEE_MEMBER = "committee_member", "业委会委员"
    COMMUNITY_STAFF = "community_staff", "社区工作人员"
    MEDIATION_MEMBER = "mediation_member", "调解委员"  # of the people's mediation committee
    SUBDISTRICT_STAFF = "subdistrict_staff", "街道工作人员"
    DISTRICT_STAFF = "district_staff", "区工作人员"
    CITY_STAFF = "city_staff", "市工作人员"
    ADMINISTRATOR = "administrator", "管理员"
    AUDITOR = "auditor", "审计员"


class Permission(StrEnum):
    PAY_BILLS = auto()  # see and pay what a home owes
    VIEW_HOME = auto()  # the home's own cases, notices and heads
    MANAGE_HOME = auto()  # see who belongs to it, invite, end
    VIEW_PLACES = auto()
    VIEW_UNPAID = auto()
    VIEW_DEBTORS = auto()  # who owes and paid what of a home, also who sold it
    VIEW_RATES = auto()
    VIEW_RESIDENTS = auto()  # who lives where, masked
    ADVISE_HOMES = auto()  # say what one knows about somebody who wants to be bound
    DECIDE_HOMES = auto()  # decide who belongs to a home; print codes
    REVEAL = auto()  # see a whole phone, name or identity number, with a reason
    MANAGE_PLACES = auto()
    KEEP_CALENDAR = auto()  # days off and at work: the city's
    KEEP_LOAN_RATES = auto()  # against which late charges are measured: the city's
    MANAGE_CODES = auto()  # codes that hang at doors, lifts and pumps
    IMPORT_REGISTER = auto()
    MANAGE_FEES = auto()
    MANAGE_PAYEES = auto()  # into whose merchant account fees are paid
    RUN_BILLS = auto()
    TAKE_PAYMENTS = auto()  # money at the counter and at the door
    KEEP_CASH = auto()  # take over what others took, and bring in statements of banks
    REFUND_PAYMENTS = auto()  # ask that money goes back, and give it back at the counter
    SEND_DEMANDS = auto()  # ask homes for what they owe, by message or letter
    PAUSE_DEMANDS = auto()  # say where nobody is asked for it
    READ_METERS = auto()  # write down what the dials of a home's meters show
    ENTER_REDUCTIONS = auto()  # of fees, for owners; see those of vacant homes
    DECIDE_REDUCTIONS = auto()  # as the compound's rule says who does
    KEEP_EXEMPTIONS = auto()  # see and decide those that tell of hardship
    KEEP_INVOICES = auto()  # requests for invoices of what was paid
    APPOINT = auto()
    OVERSEE_HEADS = auto()  # how much heads have to do, and no more of it
    MANAGE_FIRMS = auto()  # firms and their contracts
    MODERATE = auto()  # decide who sees what a resident wrote, where WeChat is not sure
    SEND_NOTICES = auto()  # write to the people of a place
    SEND_SURVEYS = auto()  # ask the people of a place what they think
    OVERSEE_SURVEYS = auto()  # read what was answered in words, without who
    CHECK_SURVEY_PAPERS = auto()  # enter a paper answer of a home a second time
    SETTLE_SURVEY_PAPERS = auto()  # decide which of two entries of a paper answer counts
    REPORT_FOR_OTHERS = auto()  # write down what somebody reported by phone or at the window
    FOLLOW_REPAIRS = auto()  # repairs of what all share, without names
    WORK_ON_REPAIRS = auto()  # do a repair; see all of those of the place
    DISPATCH_REPAIRS = auto()  # accept repairs, and say who does them
    DECIDE_REPAIR_APPEALS = auto()  # where a repair was refused
    MANAGE_REPAIR_RULES = auto()  # categories of repairs, and how long they may take
    SET_REPAIR_PRICES = auto()  # what a firm charges for repairs in homes
    OVERSEE_REPAIR_PRICES = auto()  # see all of those, and end one
    ANSWER_RATINGS = auto()  # of repairs that one's firm did
    CALL_BACK_REPAIRS = auto()  # ask afterwards whether what is said to be fixed is
    MEDIATE = auto()  # mediate where the community's mediation member asks for it
    ASSIGN_MEDIATOR = auto()  # see the community's mediations, and say who mediates
    VIEW_MEDIATION_FIGURES = auto()  # numbers of mediations, never about few
    PLAN_VISITS = auto()  # visit homes, and keep what came of it
    KEEP_CARDS = auto()  # household cards: what one needs to know who knocks at a door
    REVEAL_CARDS = auto()  # health and hardship on such a card, with a reason
    WRITE_FEEDBACK = auto()  # write down what somebody said at a visit, a meeting, by phone
    HANDLE_FEEDBACK = auto()  # what people say, where it lies with one's office
    OVERSEE_FEEDBACK = auto()  # all of it at a place; who said it, by a reveal
    MANAGE_FEEDBACK_RULES = auto()  # how long each rung may take
    READ_HANDBOOK = auto()  # what to do about common questions
    WRITE_HANDBOOK = auto()
    GIVE_TASKS = auto()  # to heads, with rounds; accept what they did
    DO_TASKS = auto()  # report from home to home, and of rounds
    RECONCILE = auto()  # the days of a merchant account against WeChat's bills
    OPERATE = auto()  # dead jobs, suspense, the health of the system
    READ_AUDIT = auto()


P = Permission
LIVES_THERE: Final = frozenset(
    {P.READ_HANDBOOK, P.PAY_BILLS, P.VIEW_HOME, P.READ_METERS},
)
SUPERVISOR: Final = frozenset({P.VIEW_PLACES, P.VIEW_RATES, P.READ_HANDBOOK})
BOOKKEEPER: Final = SUPERVISOR | {P.VIEW_UNPAID, P.READ_METERS}
WRITES: Final = frozenset({P.SEND_NOTICES, P.SEND_SURVEYS})
WATCHES_REPAIRS: Final = frozenset({P.REPORT_FOR_OTHERS, P.FOLLOW_REPAIRS})
# Repairs of a compound, or of a community's compounds that have no firm.
DISPATCH: Final = WATCHES_REPAIRS | {P.WORK_ON_REPAIRS, P.DISPATCH_REPAIRS}
AT_DOORS: Final = frozenset({P.CALL_BACK_REPAIRS, P.PLAN_VISITS, P.CHECK_SURVEY_PAPERS})
ROUNDS: Final = BOOKKEEPER | WATCHES_REPAIRS | AT_DOORS
# What people say. Not the administrators': they keep the system, and hold no rung.
HEARS: Final = frozenset({P.WRITE_FEEDBACK, P.HANDLE_FEEDBACK})
HEAD: Final = ROUNDS | WRITES | {P.VIEW_RESIDENTS, P.ADVISE_HOMES, P.DO_TASKS}
# Take money, take it over from others, ask that it goes back, and say for what it was.
TILL: Final = frozenset({P.TAKE_PAYMENTS, P.KEEP_CASH, P.REFUND_PAYMENTS, P.KEEP_INVOICES})
# May be asked to mediate; who only runs the system may not.
MEDIATOR: Final = frozenset({P.MEDIATE})
CARES: Final = frozenset({P.KEEP_CARDS, P.REVEAL_CARDS})
STAFF: Final = (
    HEAD
    | DISPATCH
    | {P.DECIDE_HOMES, P.REVEAL, P.MANAGE_PLACES, P.MANAGE_CODES, P.IMPORT_REGISTER}
    | {P.VIEW_DEBTORS, P.MANAGE_FEES, P.RUN_BILLS, P.SEND_DEMANDS, P.PAUSE_DEMANDS}
    | {P.APPOINT, P.OVERSEE_HEADS, P.MANAGE_FIRMS, P.MODERATE, P.GIVE_TASKS}
    | {P.DECIDE_REPAIR_APPEALS, P.MANAGE_REPAIR_RULES, P.OVERSEE_REPAIR_PRICES}
    | {P.OVERSEE_SURVEYS, P.SETTLE_SURVEY_PAPERS, P.WRITE_HANDBOOK}
    | {P.VIEW_MEDIATION_FIGURES}
)
# Offices above the community, who see figures and no residents.
ABOVE: Final = (
    SUPERVISOR
    | WRITES
    | {P.FOLLOW_REPAIRS, P.OVERSEE_HEADS, P.OVERSEE_SURVEYS, P.WRITE_HANDBOOK}
    | {P.VIEW_MEDIATION_FIGURES}
)

# Who runs the system does not read its audit, and who reads it changes nothing
# (GB/T 22239-2019: system, security and audit administrators are different people).
PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.OWNER: LIVES_THERE | {P.MANAGE_HOME},
    Role.RESIDENT: LIVES_THERE,
    Role.TENANT: LIVES_THERE,
    Role.PAYER: frozenset({P.PAY_BILLS}),
    Role.DEBTOR: frozenset({P.PAY_BILLS}),
    # Heads of units and buildings are neighbours: of health and hardship they are told nothing.
    Role.UNIT_HEAD: HEAD | HEARS | MEDIATOR | {P.KEEP_CARDS, P.TAKE_PAYMENTS},
    Role.BUILDING_HEAD: HEAD | HEARS | MEDIATOR | {P.KEEP_CARDS, P.TAKE_PAYMENTS},
    Role.GRID_HEAD: HEAD | HEARS | MEDIATOR | CARES | {P.TAKE_PAYMENTS},
    Role.FIRM_MANAGER: BOOKKEEPER
    | {P.VIEW_DEBTORS}
    | DISPATCH
    | WRITES
    | TILL
    | {P.RUN_BILLS, P.RECONCILE, P.MANAGE_CODES, P.HANDLE_FEEDBACK}
    | {P.SEND_DEMANDS, P.PAUSE_DEMANDS}
    | {P.ENTER_REDUCTIONS, P.DECIDE_REDUCTIONS}
    | {P.SET_REPAIR_PRICES, P.OVERSEE_REPAIR_PRICES, P.ANSWER_RATINGS},
    Role.DISPATCHER: DISPATCH | {P.VIEW_PLACES, P.READ_HANDBOOK, P.MANAGE_CODES},
    Role.REPAIRER: frozenset(
        {P.VIEW_PLACES, P.READ_HANDBOOK, P.FOLLOW_REPAIRS, P.WORK_ON_REPAIRS}
    ),
    Role.CASHIER: BOOKKEEPER
    | TILL
    | {P.VIEW_DEBTORS, P.RECONCILE, P.SEND_DEMANDS, P.ENTER_REDUCTIONS},
    Role.COMMITTEE_MEMBER: SUPERVISOR | WRITES,
    Role.COMMUNITY_STAFF: STAFF
    | HEARS
    | MEDIATOR
    | CARES
    | TILL
    | {P.OVERSEE_FEEDBACK}
    # Not the administrators': who keeps the system need not know who is in hardship.
    | {P.ENTER_REDUCTIONS, P.DECIDE_REDUCTIONS, P.KEEP_EXEMPTIONS},
    Role.MEDIATION_MEMBER: MEDIATOR
    | {P.VIEW_PLACES, P.READ_HANDBOOK, P.ASSIGN_MEDIATOR, P.VIEW_MEDIATION_FIGURES},
    # Papers, too: the only member of staff of a community does not settle their own.
    Role.SUBDISTRICT_STAFF: ABOVE
    | {P.HANDLE_FEEDBACK, P.OVERSEE_FEEDBACK}
    | {P.CHECK_SURVEY_PAPERS, P.SETTLE_SURVEY_PAPERS},
    Role.DISTRICT_STAFF: ABOVE,
    Role.CITY_STAFF: ABOVE
    | {P.MANAGE_REPAIR_RULES, P.KEEP_CALENDAR, P.MANAGE_FEEDBACK_RULES, P.PAUSE_DEMANDS}
    | {P.KEEP_LOAN_RATES},
    Role.ADMINISTRATOR: STAFF
    | {P.OPERATE, P.MANAGE_PAYEES, P.KEEP_CALENDAR, P.RECONCILE}
    | {P.KEEP_LOAN_RATES},
    Role.AUDITOR: frozenset({P.READ_AUDIT}),
}


# Where a role can be held: an appointment on another rung of the ladder would see too much.
# A grid is a list of buildings: its head's grants are those buildings, read on every request.
# Only the rungs above the compound are governed from.
# Roles that are not here come from belonging to a home and cannot be given by appointment.
RUNGS: Final[dict[Role, frozenset[str]]] = {
    Role.UNIT_HEAD: frozenset({"unit"}),
    Role.BUILDING_HEAD: frozenset({"building"}),
    Role.GRID_HEAD: frozenset({"grid"}),
    Role.FIRM_MANAGER: frozenset({"compound"}),
    Role.DISPATCHER: frozenset({"compound"}),
    Role.REPAIRER: frozenset({"compound"}),
    Role.CASHIER: frozenset({"compound"}),
    Role.COMMITTEE_MEMBER: frozenset({"compound"}),
    Role.COMMUNITY_STAFF: frozenset({"community", "compound"}),
    Role.MEDIATION_MEMBER: frozenset({"community"}),
    Role.SUBDISTRICT_STAFF: frozenset({"subdistrict"}),
    Role.DISTRICT_STAFF: frozenset({"district"}),
    Role.CITY_STAFF: frozenset({"city"}),
    Role.ADMINISTRATOR: frozenset({"city", "district", "subdistrict", "community"}),
    Role.AUDITOR: frozenset({"city", "district", "subdistrict", "community"}),
}
HEADS: Final = (Role.UNIT_HEAD, Role.BUILDING_HEAD, Role.GRID_HEAD)
# Offices are held for a term; others may be appointed without an end.
WITH_A_TERM: Final = (*HEADS, Role.COMMITTEE_MEMBER)
FIRM_ROLES: Final = (Role.FIRM_MANAGER, Role.DISPATCHER, Role.REPAIRER, Role.CASHIER)
# Who works here rather than lives here: may sign in at a browser.
STAFF_ROLES: Final = frozenset(RUNGS) - frozenset(HEADS)
GIVEN_BY_ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


def office(role: Role, *, substitute: str) -> str:
    """Return the office, as said of who holds it or stands in for its holder."""
    return f"代理{role.label}" if substitute else role.label


# How long after proving who one is a sensitive act does not ask again.
FRESH: Final = timedelta(minutes=10)


class Window(Struct, frozen=True):
    """Days whose charges somebody sees and pays. "": from the beginning, and without an end."""

    first: str = ""
    last: str = ""

    def has(self, day: str) -> bool:
        return self.first <= day and (not self.last or day <= self.last)


ALWAYS: Final = Window()


class Grant(Struct, frozen=True):
    """One role at one place and everything under it.

    `since`: the first day of a relation to a home; what was paid before is not theirs to see.
    `without`: permissions of the role that this place does not give. `window`: of a home, the
    days whose charges are theirs: who came later does not see what was charged before.
    """

    role: Role
    place: str
    since: str = ""
    without: frozenset[Permission] = frozenset()
    window: Window = ALWAYS

    def gives(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role] and permission not in self.without


class Actor(Struct, frozen=True):
    """The person behind a request, with what they hold at this moment.

    `confirmed_at`: when they last proved in WeChat that it is they who hold the phone.
    `counted_as`: whom limits count, whatever account it is; the person where it is not known.
    `request_id`, `address`: of the request, for the audit; empty for the command line.
    """

    person_id: str
    session_id: str
    grants: tuple[Grant, ...] = ()
    confirmed_at: datetime | None = None
    request_id: str = ""
    address: str = ""
    counted_as: str = ""

    @property
    def counter(self) -> str:
        """Whom a limit counts."""
        return self.counted_as or self.person_id

    def places(self, permission: Permission) -> tuple[str, ...]:
        """Return the outermost places where the actor holds `permission`.

        The one function that decides; `may` and the filters of every query come from it.
        """
        return outermost(grant.place for grant in self.grants if grant.gives(permission))

    def may(self, permission: Permission, place: str) -> bool:
        return any(covers(held, place) for held in self.places(permission))

    def roles(self, permission: Permission, place: str) -> frozenset[Role]:
        """Return the roles by which the actor holds `permission` at a place."""
        return frozenset(
            grant.role
            for grant in self.grants
            if grant.gives(permission) and covers(grant.place, place)
        )

    def since(self, permission: Permission) -> dict[str, str]:
        """Return place → the earliest first day of the relations that give `permission`."""
        found: dict[str, str] = {}
        for grant in self.grants:
            if grant.gives(permission):
                earlier = found.get(grant.place, grant.since)
                found[grant.place] = min(earlier, grant.since)
        return found

    def windows(self, permission: Permission) -> dict[str, tuple[Window, ...]]:
        """Return place → the days whose charges `permission` covers there."""
        found: dict[str, tuple[Window, ...]] = {}
        for grant in self.grants:
            if grant.gives(permission):
                found[grant.place] = (*found.get(grant.place, ()), grant.window)
        return found


class ConfirmationNeeded(Forbidden):
    """A sensitive act: prove in WeChat once more that it is you, then ask again."""

    code = "confirmation_needed"


def require_fresh(actor: Actor, now: datetime) -> None:
    """Raise ConfirmationNeeded unless the actor proved who they are a moment ago."""
    if actor.confirmed_at is None or now - actor.confirmed_at > FRESH:
        raise ConfirmationNeeded("为了安全,请在微信里再确认一次")


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless the actor holds `permission` somewhere."""
    if not actor.places(permission):
        raise Forbidden("您没有此操作的权限", needs=permission)


def require_city(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden unless held for the whole city: for what belongs to no smaller place.

    The merchants' accounts and the books are one for all compounds; who holds the permission
    for a community must not see, or move, the money of the others.
    """
    if not any("." not in place for place in actor.places(permission)):
        raise Forbidden("这项工作由市级管理员办理", needs=permission)


def require_at(actor: Actor, permission: Permission, place: str) -> None:
    """Raise NotFound unless held at `place`: what is forbidden looks missing."""
    if not actor.may(permission, place):
        raise NotFound("没有找到这个地方")


def scope_of(actor: Actor, permission: Permission, place: str | None) -> tuple[str, ...]:
    """Return the places that a list is about: one that was asked for, or all of the actor's.

    Raises Forbidden when the actor holds `permission` nowhere, NotFound when not there.
    """
    require(actor, permission)
    if place is None:
        return actor.places(permission)
    require_at(actor, permission, place)
    return (place,)


def require_administrator(actor: Actor, role: Role, place: str) -> None:
    """Raise Forbidden when the role is one that only an administrator gives and takes."""
    if role in GIVEN_BY_ADMINISTRATORS and not actor.may(Permission.OPERATE, place):
        raise Forbidden("只有管理员可以任免管理员和审计员")
