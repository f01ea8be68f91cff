"""Plans of rounds: made, ended, and started by hand by the community."""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import check_day, is_too_far, plus_days
from services.kernel.pages import Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission, scope_of
from services.tasks import actions as tasks
from services.tasks.rounds import rhythms, store, views
from services.tasks.rounds.jobs import SPREAD
from services.tasks.rounds.models import (
    NewRoundPlan,
    RoundPlan,
    RoundPlansQuery,
    RoundPlanView,
    StartedRounds,
    StartRounds,
)
from services.tasks.rounds.states import PLANS, PlanEnded, RoundPlanAction, RoundPlanState

MISSING = "没有找到这个巡查计划"


class BadFirstDay(errors.InvalidInput):
    """The first day of a plan is more than two years ahead."""

    code = "round_bad_day"


class ItemsTwice(errors.InvalidInput):
    """Two items of the checklist have one key."""

    code = "round_items_twice"


class PlacesElsewhere(errors.InvalidInput):
    """Rounds are started at places of the plan."""

    code = "round_places_elsewhere"


async def make(deps: Dependencies, actor: Actor, wish: NewRoundPlan) -> RoundPlanView:
    """Make a plan of rounds.

    Raises NotFound, BadRhythm, BadFirstDay, ItemsTwice, PlacesApart.
    """
    rhythms.check(wish.rhythm)
    if len({item.key for item in wish.items}) < len(wish.items):
        raise ItemsTwice("清单里有重复的编号")
    first = max(check_day(wish.from_day or deps.today()), deps.today())
    if is_too_far(first, deps.today()):
        raise BadFirstDay("开始日期要在两年以内")
    meant = await tasks.meant_places(deps, actor, wish.places)
    plan = RoundPlan(
        id=deps.new_id(),
        place=tasks.around(actor, meant),
        places=meant,
        role=wish.role,
        title=wish.title,
        items=wish.items,
        rhythm=wish.rhythm,
        days=wish.days,
        from_day=first,
        next_day=rhythms.following(wish.rhythm, first, plus_days(first, -1)),
        made_by=actor.person_id,
        made_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await store.insert_plan(deps.db, tx, plan)
        facts = {"subject": plan.id, "rhythm": plan.rhythm.kind}
        await audit.record(deps, tx, actor, Act.ROUND_PLAN_MADE, place=plan.place, **facts)

    await deps.in_transaction(save)
    return (await views.plans(deps, [plan]))[0]


async def access(
    deps: Dependencies, actor: Actor, plan_id: str, *, tx: Transaction | None = None
) -> RoundPlan:
    """Return a plan of a place where the actor gives tasks. Raises NotFound."""
    found = await store.find_plan(deps.db, plan_id, tx=tx)
    return accessible(
        actor, found, Permission.GIVE_TASKS, at=lambda plan: plan.place, missing=MISSING
    )


async def get(deps: Dependencies, actor: Actor, plan_id: str) -> RoundPlanView:
    """One plan. Raises NotFound."""
    return (await views.plans(deps, [await access(deps, actor, plan_id)]))[0]


async def listing(
    deps: Dependencies, actor: Actor, query: RoundPlansQuery
) -> Page[RoundPlanView]:
    """Plans of rounds at my places, newest first. Raises Forbidden, NotFound."""
    scope = scope_of(actor, Permission.GIVE_TASKS, query.place)
    page = await store.page_plans(deps.db, scope, query)
    return page.of(await views.plans(deps, page.items))


async def end(deps: Dependencies, actor: Actor, plan_id: str) -> RoundPlanView:
    """End a plan: no more rounds are made by it; those that are due stay. PlanEnded."""

    async def save(tx: Transaction) -> RoundPlan:
        found = await access(deps, actor, plan_id, tx=tx)
        changes = {"ended_by": actor.person_id, "ended_at": deps.now(), "next_day": None}
        is_active = found.state is RoundPlanState.ACTIVE
        if not is_active or not await store.end_plan(deps.db, tx, found, changes):
            raise PlanEnded("这个巡查计划已经停用了")
        act = PLANS.act(RoundPlanAction.END)
        await audit.record(deps, tx, actor, act, place=found.place, subject=found.id)
        found.state, found.next_day = RoundPlanState.ENDED, None
        return found

    return (await views.plans(deps, [await deps.in_transaction(save)]))[0]


async def start(
    deps: Dependencies, actor: Actor, plan_id: str, wish: StartRounds
) -> StartedRounds:
    """Start rounds by hand, e.g. after a storm; a job makes them.

    Raises NotFound, PlanEnded, PlacesElsewhere.
    """
    meant = await tasks.meant_places(deps, actor, wish.places) if wish.places else []
    run = deps.new_id()

    async def save(tx: Transaction) -> StartedRounds:
        plan = await access(deps, actor, plan_id, tx=tx)
        if plan.state is not RoundPlanState.ACTIVE:
            raise PlanEnded("这个巡查计划已经停用了")
        if not all(any(covers(own, place) for own in plan.places) for place in meant):
            raise PlacesElsewhere("有的地方不在这个巡查计划里")
        until = plus_days(deps.today(), plan.days - 1)
        await jobs.enqueue(
            deps,
            tx,
            SPREAD,
            f"{plan.id}:{run}:",
            plan_id=plan.id,
            run=run,
            until=until,
            after="",
            places=meant,
            by=actor.person_id,
        )
        facts = {"subject": plan.id, "run": run}
        await audit.record(deps, tx, actor, Act.ROUND_PLAN_STARTED, place=plan.place, **facts)
        return StartedRounds(plan_id=plan.id, run_id=run, until=until)

    return await deps.in_transaction(save)
