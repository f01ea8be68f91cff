"""Lists of plans of rounds, of rounds, and of the rounds of a head."""

from typing import Final

from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.tasks.rounds import actions, plans
from services.tasks.rounds.models import (
    MyRoundsQuery,
    RoundPlansQuery,
    RoundPlanView,
    RoundsQuery,
    RoundView,
)

ROUND_PLANS: Final = List(
    name="round_plans",
    needs=Permission.GIVE_TASKS,
    title="巡查计划",
    query=RoundPlansQuery,
    read=plans.listing,
    subject="",
    place_of=around(Permission.GIVE_TASKS),
    columns=columns(
        RoundPlanView,
        title="巡查内容",
        address="范围",
        role="由谁巡查",
        rhythm__kind="周期",
        next_day="下次巡查",
        state="状态",
        made_at="制定时间",
    ),
)
ROUNDS: Final = List(
    name="rounds",
    needs=Permission.GIVE_TASKS,
    title="巡查情况",
    query=RoundsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.GIVE_TASKS),
    columns=columns(
        RoundView,
        title="巡查内容",
        address="地点",
        rung="由谁办理",
        state="状态",
        left="未看项目",
        findings="发现问题",
        until="完成日期",
        overdue="已超时",
        created_at="下发时间",
    ),
)
MY_ROUNDS: Final = List(
    name="my_rounds",
    needs=Permission.DO_TASKS,
    title="我的巡查",
    query=MyRoundsQuery,
    read=actions.mine,
    subject="",
    place_of=around(Permission.DO_TASKS),
    columns=columns(
        RoundView,
        title="巡查内容",
        address="地点",
        left="未看项目",
        findings="发现问题",
        until="完成日期",
        overdue="已超时",
    ),
)
