"""Origin of an exported file: who exported what and when, as it stands in the file.

The number is the one that the audit has: whoever finds a sheet finds the act. Of the person it
says the offices, and the name as others see it: whoever passes the file on passes that on, too.
"""

from typing import Final

from services.appointments import views as appointments
from services.dependencies import Dependencies
from services.exports.models import Export
from services.grants import actions as grants
from services.kernel import masking
from services.kernel.days import BEIJING
from services.kernel.tables import Origin

TITLE: Final = "导出说明"
SELF: Final = "本人"  # holds no office: a resident's own list


async def of(deps: Dependencies, export: Export, where: str) -> Origin:
    """Return where a file comes from. `where`: address of its place; empty for none."""
    who = await _who(deps, export.person)
    at = export.created_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    facts = {
        "内容": export.title,
        "范围": where,
        "筛选": "、".join(f"{name}={said}" for name, said in sorted(export.filters.items())),
        "导出人": who,
        "导出时间": at,
        "导出编号": export.id,
    }
    said = tuple((label, said) for label, said in facts.items() if said)
    return Origin(title=TITLE, facts=said, foot=f"{who}  {at}  {export.id}")


async def _who(deps: Dependencies, person_id: str) -> str:
    roles = (await grants.holdings_of(deps, person_id)).roles
    offices = sorted({each.role.label for each in roles})
    whole = next((n for each in roles if (n := appointments.name_of(deps, each))), None)
    name = masking.name(whole) if whole else ""
    return " ".join(part for part in ("、".join(offices) or SELF, name) if part)
