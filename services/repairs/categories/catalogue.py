"""Catalogue of repairs that a city begins with: what breaks in old compounds, as data.

Codes are never removed from here: a city that changed nothing has no other record of them.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct

from services.kernel.days import FIRST_DAY
from services.kernel.documents import digest_id
from services.repairs.categories.models import Category, EmergencyFund, Scope, Skill
from services.repairs.classes import Danger

HOME, COMMON, BOTH = Scope.HOME, Scope.COMMON, Scope.BOTH
DANGER, URGENT, NORMAL, PLANNED = Danger
PLUMBING, ELECTRIC, LIFT, CARPENTRY, MASONRY, CLEANING, OTHER = Skill
_, ROOF_LEAK, DRAIN_BLOCKED, LIFT_FAILURE, FACADE_FALLING = EmergencyFund
STEP: Final = 10  # between neighbours, so that others fit in


class Entry(Struct, frozen=True):
    """Row of the catalogue; those of a group lie in it."""

    code: str
    label: str
    scope: Scope
    danger: Danger
    skill: Skill
    hint: str = ""
    fund: EmergencyFund = EmergencyFund.NONE


GROUPS: Final[tuple[tuple[Entry, tuple[Entry, ...]], ...]] = (
    (
        Entry("water", "水和下水", BOTH, NORMAL, PLUMBING),
        (
            Entry(
                "water_leak",
                "水管漏水",
                BOTH,
                URGENT,
                PLUMBING,
                "先关水槽下的阀门;关不住,就关进户总阀",
            ),
            Entry(
                "upstairs_leak",
                "楼上漏水",
                HOME,
                URGENT,
                PLUMBING,
                "先敲门请楼上关水阀,再拍照留证",
            ),
            Entry("tap_broken", "水龙头、阀门坏了", HOME, NORMAL, PLUMBING, "先关下面的小阀门"),
            Entry(
                "no_water",
                "没水、水很小",
                BOTH,
                URGENT,
                PLUMBING,
                "先问问邻居家有没有水,再看看总阀开没开",
            ),
            Entry("toilet_blocked", "马桶堵了", HOME, NORMAL, PLUMBING, "先别再冲水"),
            Entry(
                "sink_slow",
                "水槽、地漏下水慢",
                HOME,
                NORMAL,
                PLUMBING,
                "先捡出滤网上的东西",
            ),
            Entry(
                "drain_blocked",
                "下水堵了、返水",
                COMMON,
                URGENT,
                PLUMBING,
                "先别用水,也请楼上邻居先别往下水倒水",
                DRAIN_BLOCKED,
            ),
            Entry(
                "manhole_broken",
                "井盖没了、坏了",
                COMMON,
                DANGER,
                MASONRY,
                "请绕行,提醒邻居",
            ),
        ),
    ),
    (
        Entry("power", "电和灯", BOTH, NORMAL, ELECTRIC),
        (
            Entry(
                "sparking",
                "打火、冒烟、漏电",
                BOTH,
                DANGER,
                ELECTRIC,
                "先关总闸,别用手碰;着火请打119",
            ),
            Entry(
                "home_power",
                "家里没电",
                HOME,
                URGENT,
                ELECTRIC,
                "先看看电表箱有没有跳闸,别自己接线",
            ),
            Entry("unit_power", "整个单元没电", COMMON, URGENT, ELECTRIC, "上下楼请带好手电"),
            Entry(
                "socket_broken",
                "插座、开关坏了",
                HOME,
                NORMAL,
                ELECTRIC,
                "先别用它",
            ),
            Entry(
                "stair_light", "楼道灯不亮", COMMON, NORMAL, ELECTRIC, "上下楼请慢一点,扶好扶手"
            ),
            Entry("yard_light", "院里路灯不亮", COMMON, NORMAL, ELECTRIC),
        ),
    ),
    (
        Entry("lift", "电梯", COMMON, URGENT, LIFT),
        (
            Entry(
                "lift_trapped",
                "电梯困人",
                COMMON,
                DANGER,
                LIFT,
                "按电梯里的报警按钮,别扒门,等人来救",
                LIFT_FAILURE,
            ),
            Entry(
                "lift_stopped",
                "电梯停了、门不开",
                COMMON,
                URGENT,
                LIFT,
                "请先走楼梯,别自己扒门",
                LIFT_FAILURE,
            ),
            Entry(
                "lift_odd",
                "电梯响、抖",
                COMMON,
                URGENT,
                LIFT,
                "请先别坐这部电梯",
                LIFT_FAILURE,
            ),
        ),
    ),
    (
        Entry("heat", "暖气和燃气", BOTH, NORMAL, PLUMBING),
        (
            Entry(
                "gas_smell",
                "闻到燃气味",
                BOTH,
                DANGER,
                OTHER,
                "先关阀门、开窗,别开关电器;到屋外再打燃气公司电话",
            ),
            Entry(
                "radiator_leak", "暖气漏水", BOTH, URGENT, PLUMBING, "先关暖气阀门,用盆接着水"
            ),
            Entry("no_heat", "暖气不热", HOME, NORMAL, PLUMBING, "先看看暖气阀门开没开"),
        ),
    ),
    (
        Entry("building", "房顶、外墙、楼梯", COMMON, NORMAL, MASONRY),
        (
            Entry(
                "roof_leak",
                "房顶漏水",
                COMMON,
                URGENT,
                MASONRY,
                "先把怕水的东西挪开,用盆接着水",
                ROOF_LEAK,
            ),
            Entry(
                "facade_falling",
                "外墙皮、瓷砖要掉",
                COMMON,
                DANGER,
                MASONRY,
                "请绕行,别站在下面,提醒一下邻居",
                FACADE_FALLING,
            ),
            Entry("wall_damp", "外墙渗水", COMMON, NORMAL, MASONRY),
            Entry(
                "stairs_broken",
                "楼梯、扶手坏了",
                COMMON,
                URGENT,
                MASONRY,
                "上下楼请靠另一边,慢一点",
            ),
            Entry("ground_sunk", "路面、台阶塌了", COMMON, URGENT, MASONRY, "请绕行"),
        ),
    ),
    (
        Entry("doors", "门窗和锁", BOTH, NORMAL, CARPENTRY),
        (
            Entry("unit_door", "单元门坏了", COMMON, NORMAL, CARPENTRY),
            Entry("intercom", "门禁、对讲坏了", COMMON, NORMAL, ELECTRIC),
            Entry("home_door", "家门、门锁坏了", HOME, NORMAL, CARPENTRY),
            Entry("home_window", "家里窗户坏了", HOME, NORMAL, CARPENTRY, "刮风时请离窗户远些"),
            Entry(
                "stair_window",
                "楼道门窗坏了",
                COMMON,
                NORMAL,
                CARPENTRY,
                "玻璃碎了,别用手捡",
            ),
        ),
    ),
    (
        Entry("fire", "消防", COMMON, URGENT, OTHER),
        (
            Entry("fire_lane", "消防通道堵了", COMMON, URGENT, OTHER),
            Entry("fire_gear", "消防栓、灭火器坏了", COMMON, URGENT, OTHER),
        ),
    ),
    (
        Entry("yard", "院子和卫生", COMMON, NORMAL, CLEANING),
        (
            Entry("ice_snow", "积雪、结冰", COMMON, URGENT, CLEANING, "走路慢一点,扶着走"),
            Entry("rubbish", "垃圾没清", COMMON, NORMAL, CLEANING),
            Entry("stairs_dirty", "楼道脏、堆杂物", COMMON, PLANNED, CLEANING),
            Entry("pests", "老鼠、蟑螂", BOTH, PLANNED, CLEANING),
            Entry("tree", "树枝断了、树要倒", COMMON, URGENT, OTHER, "请绕行,别站在下面"),
            Entry("seats", "健身器材、座椅坏了", COMMON, NORMAL, CARPENTRY, "先别用"),
            Entry("gate", "大门、道闸、围墙坏了", COMMON, NORMAL, OTHER),
        ),
    ),
    (
        Entry("other", "其他", BOTH, NORMAL, OTHER),
        (
            Entry("home_other", "家里的其他维修", HOME, NORMAL, OTHER),
            Entry("common_other", "公共部位的其他维修", COMMON, NORMAL, OTHER),
        ),
    ),
)


def id_of(city: str, code: str) -> str:
    """Return the id of a category: of two who write one code at once, the second sees it."""
    return digest_id("repair_category", city, code)


def of_city(city: str, at: datetime) -> list[Category]:
    """Return the catalogue as the tree of a city that has none of its own."""
    found: list[Category] = []
    for number, (group, entries) in enumerate(GROUPS):
        found.append(_category(city, at, group, position=number))
        found += [
            _category(city, at, entry, position=place, parent=group.code)
            for place, entry in enumerate(entries)
        ]
    return found


def _category(
    city: str, at: datetime, entry: Entry, *, position: int, parent: str = ""
) -> Category:
    return Category(
        id=id_of(city, entry.code),
        place=city,
        code=entry.code,
        parent=parent,
        label=entry.label,
        hint=entry.hint,
        scope=entry.scope,
        danger=entry.danger,
        skill=entry.skill,
        emergency_fund=entry.fund,
        position=position * STEP,
        from_day=FIRST_DAY,
        changed_at=at,
    )
