"""Personal data of tasks: what heads noted at a home's door, and who acted."""

from typing import Final

from mongo_indexes import round_plans, rounds, task_homes, task_parts, tasks
from services.kernel.personal_data import Fate, Holding
from services.tasks.parts.models import NOTE
from services.tasks.rounds.models import NOTE as NOTE_OF_ROUND

HOLDINGS: Final = (
    Holding(
        collection=tasks.COLLECTION,
        fate=Fate.NOBODYS,
        why="社区布置的任务,是公务,不含个人信息",
        staff=("given_by", "withdrawn_by"),
    ),
    Holding(
        collection=task_parts.COLLECTION,
        fate=Fate.NOBODYS,
        why="各单元、楼栋的任务进度,只有户数",
        staff=("filed_by", "person", "holder", "reported_by"),
    ),
    Holding(
        collection=task_homes.COLLECTION,
        fate=Fate.NOBODYS,
        why="逐户登记的情况,只记房屋,不记姓名;说明和照片在任务结束180天后删除",
        sealed={"note_sealed": NOTE},
        staff=("by",),
    ),
    Holding(
        collection=round_plans.COLLECTION,
        fate=Fate.NOBODYS,
        why="社区制定的巡查计划,是公务,不含个人信息",
        staff=("made_by", "ended_by"),
    ),
    Holding(
        collection=rounds.COLLECTION,
        fate=Fate.NOBODYS,
        why="公共部位的巡查情况,不记姓名;照片在结束180天后删除",
        sealed={"checks.note_sealed": NOTE_OF_ROUND},
        staff=("filed_by", "person", "holder", "checks.by"),
    ),
)
