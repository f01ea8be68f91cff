"""People of the demo: names made of syllables, phones of an invented block."""

import random
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from msgspec import Struct

from services.firms.models import NewFirm
from services.kernel.permissions import Role
from services.places.models import Kind, NewGrid, NewPlace

SUBDISTRICT: Final = "cc.chaoyang.guilin"
COMMUNITY: Final = f"{SUBDISTRICT}.xincheng"
COMPOUND_NAME: Final = "春光小区"
COMPOUND: Final = f"{COMMUNITY}.c07"
BUILDING: Final = f"{COMPOUND}.b3"
UNIT: Final = f"{BUILDING}.u2"
GRID: Final = NewGrid(
    segment="g01",
    name="第一网格",
    buildings=[f"{COMPOUND}.b{number}" for number in range(1, 5)],
)
FIRM: Final = NewFirm(name="安居物业", credit_code="91220104MA0Y4XJ075")
BUILDINGS, UNITS, FLOORS, HOMES_PER_FLOOR = 12, 3, 6, 3

LADDER: Final = (
    NewPlace(path="cc", kind=Kind.CITY, name="长春市"),
    NewPlace(path="cc.chaoyang", kind=Kind.DISTRICT, name="朝阳区"),
    NewPlace(path="cc.chaoyang.guilin", kind=Kind.SUBDISTRICT, name="桂林街道"),
    NewPlace(path=COMMUNITY, kind=Kind.COMMUNITY, name="新城社区"),
    NewPlace(path=COMPOUND, kind=Kind.COMPOUND, name=COMPOUND_NAME),
)


class Person(Struct, frozen=True):
    """Somebody one may sign in as.

    `name`: of the user in the WeChat stand-in; `called`: how residents know a head, and a
    dispatcher those who work on repairs, or as whom the register has an owner. `place`: of the
    office, or the home.
    """

    name: str
    title: str
    phone: str
    role: Role | None
    place: str = ""
    called: str | None = None


ROLES: Final = (
    Person("admin", "管理员", "19900000001", Role.ADMINISTRATOR, "cc"),
    Person("staff", "社区工作人员", "19900000002", Role.COMMUNITY_STAFF, COMMUNITY, "李明霞"),
    Person(
        "grid",
        "网格长(1-4栋)",
        "19900000003",
        Role.GRID_HEAD,
        f"{COMMUNITY}.{GRID.segment}",
        "陈志强",
    ),
    Person("building", "楼栋长(3栋)", "19900000004", Role.BUILDING_HEAD, BUILDING, "孙玉芬"),
    Person("unit", "单元长(3栋2单元)", "19900000005", Role.UNIT_HEAD, UNIT, "王秀兰"),
    Person("firm", "物业经理", "19900000006", Role.FIRM_MANAGER, COMPOUND, "刘建国"),
    Person("cashier", "物业收费员", "19900000007", Role.CASHIER, COMPOUND, "张丽娟"),
    Person("dispatcher", "物业调度", "19900000009", Role.DISPATCHER, COMPOUND, "赵桂英"),
    Person("repairer", "维修师傅", "19900000011", Role.REPAIRER, COMPOUND, "孙永刚"),
    Person("auditor", "审计员", "19900000008", Role.AUDITOR, "cc"),
    Person("mediation", "调解委员", "19900000012", Role.MEDIATION_MEMBER, COMMUNITY, "周玉华"),
    Person(
        "subdistrict",
        "街道工作人员",
        "19900000013",
        Role.SUBDISTRICT_STAFF,
        SUBDISTRICT,
        "胡建军",
    ),
    Person("city", "市工作人员", "19900000014", Role.CITY_STAFF, "cc"),
    Person("resident2", "住户(3栋2单元401)", "19900020000", None, f"{UNIT}.401", "赵春梅"),
    Person("resident", "住户(3栋2单元502)", "19900010000", None, f"{UNIT}.502"),
)
*_, NEIGHBOUR, RESIDENT = ROLES
# Households whose phones whoever tries the demo holds.
VISITORS: Final = frozenset(person.phone for person in ROLES if person.role is None)

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂兰英华玉建国春梅"


class Mood(Enum):
    """What a household does about its bills."""

    PAYS_EVERYTHING = auto()
    PAYS_ALL_BUT_THE_LATEST = auto()
    PAYS_NOTHING = auto()


# Of a hundred households, 58 pay everything, 18 all but the latest month, 24 nothing.
EVERYTHING, ALL_BUT_LATEST = 0.58, 0.76


LETTERS: Final = {"住宅": "", "车库": "g", "商铺": "s"}


class Household(Struct, frozen=True, kw_only=True):
    """One row of the register. `phone` is empty for homes nobody could be asked about."""

    building: int
    unit: int
    room: str
    area: str
    usage: str
    owner: str
    phone: str

    @property
    def user(self) -> str:
        """Return the name of the household's user in the WeChat stand-in."""
        return f"b{self.building}u{self.unit}n{self.phone[-4:]}"

    @property
    def place(self) -> str:
        """Return the home's path as the register import writes it: 502, g1, s1."""
        segment = LETTERS[self.usage] + self.room.removeprefix(self.usage)
        return f"{COMPOUND}.b{self.building}.u{self.unit}.{segment}"

    @property
    def mood(self) -> Mood:
        """Return what this household does, the same each time."""
        share = random.Random(f"{self.building}-{self.unit}-{self.room}").random()  # noqa: S311  # a demo
        if share < EVERYTHING:
            return Mood.PAYS_EVERYTHING
        return Mood.PAYS_ALL_BUT_THE_LATEST if share < ALL_BUT_LATEST else Mood.PAYS_NOTHING

    @property
    def pays(self) -> bool:
        """Whether it pays by itself. Not those whose phones whoever tries the demo holds."""
        return bool(self.phone) and not self.is_visitors and self.mood is not Mood.PAYS_NOTHING

    @property
    def is_visitors(self) -> bool:
        return self.phone in VISITORS


def households() -> Iterator[Household]:
    """Every home of the compound, the same each time: 648 flats, 36 garages, 18 shops."""
    dice = random.Random(2021)  # noqa: S311  # a demo, not a secret
    number = 0
    for building in range(1, BUILDINGS + 1):
        for unit in range(1, UNITS + 1):
            for room, area, usage in _rooms(dice, building):
                number += 1
                phone = "" if dice.random() < 0.04 else f"1990001{number:04d}"  # noqa: PLR2004
                if (building, unit, room) == (3, 2, "502"):
                    area, phone = "85.30", RESIDENT.phone  # noqa: PLW2901
                owner = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=2))
                if (building, unit, room) == (3, 2, "401"):
                    owner, phone = NEIGHBOUR.called or owner, NEIGHBOUR.phone
                yield Household(
                    building=building,
                    unit=unit,
                    room=room,
                    area=area,
                    usage=usage,
                    owner=owner,
                    phone=phone,
                )


def _rooms(dice: random.Random, building: int) -> Iterator[tuple[str, str, str]]:
    for floor in range(1, FLOORS + 1):
        for side in range(1, HOMES_PER_FLOOR + 1):
            yield f"{floor}0{side}", f"{dice.randrange(4200, 10800) / 100:.2f}", "住宅"
    yield "车库1", f"{dice.randrange(1500, 2500) / 100:.2f}", "车库"
    if building <= BUILDINGS // 2:
        yield "商铺1", f"{dice.randrange(3000, 9000) / 100:.2f}", "商铺"
