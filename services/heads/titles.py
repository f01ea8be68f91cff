"""What people call a head: 王单元长, 欧阳楼栋长, 网格长."""

import re
from typing import Final

from services.kernel.permissions import Role

TITLES: Final = {
    Role.UNIT_HEAD: "单元长",
    Role.BUILDING_HEAD: "楼栋长",
    Role.GRID_HEAD: "网格长",
    Role.FIRM_MANAGER: "物业经理",
    Role.DISPATCHER: "物业调度员",
    Role.REPAIRER: "物业维修工",
    Role.CASHIER: "物业收费员",
    Role.COMMITTEE_MEMBER: "业委会委员",
    Role.COMMUNITY_STAFF: "社区工作人员",
    Role.SUBDISTRICT_STAFF: "街道工作人员",
    Role.DISTRICT_STAFF: "区工作人员",
    Role.CITY_STAFF: "市工作人员",
    Role.ADMINISTRATOR: "管理员",
    Role.AUDITOR: "审计员",
}
# The usual surnames of two characters, when a given name follows; else the first character.
SURNAME: Final = re.compile(
    "(?:欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|宇文|长孙|闻人)(?=.)|."
)


def title(role: Role, *, substitute: str) -> str:
    """Return the office, as said of who holds it or stands in for its holder."""
    return f"代理{TITLES[role]}" if substitute else TITLES[role]


def surname(name: str) -> str:
    """Return the family name; of a name that is only that, all of it."""
    found = SURNAME.match(name)
    return found[0] if found else ""
