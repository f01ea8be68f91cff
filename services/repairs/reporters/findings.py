"""Findings of rounds that become repairs, reported by the head who found them."""

from typing import Final

import msgspec

from services.cases.models import CameBy
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.findings import File, Finding, FindingTarget
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import Kind
from services.repairs.models import Part
from services.repairs.reporters import contents, drafts


class CategoryNeeded(errors.InvalidInput):
    """A repair has a category."""

    code = "repair_category_needed"


async def prepare(deps: Dependencies, actor: Actor, finding: Finding) -> File:
    """Draw up the repair of a finding; what is returned begins it in a transaction.

    Raises NotFound for a place that is not the actor's, ConsentNeeded, CategoryNeeded,
    CategoryUnknown, CategoryEnded, WrongPart.
    """
    if not finding.category:
        raise CategoryNeeded("请选择报修类别")
    await consents.check(deps, actor.person_id)
    place = await places.access_place(deps, actor, finding.place, Permission.REPORT_FOR_OTHERS)
    part = Part.HOME if place.kind is Kind.HOME else Part.COMMON
    category = await drafts.choose(deps, place.id, part, finding.category)
    draft = await drafts.draw_up(
        deps,
        place.id,
        part,
        category.code,
        category.danger,
        person=actor.person_id,
        filed_by=actor.person_id,
        way=CameBy.ROUND,
        photo_ids=list(finding.photo_ids),
        found_in=finding.source,
    )
    kept = contents.words(deps, draft, finding.text)
    complete, told = await drafts.complete(deps, msgspec.structs.replace(draft, **kept))

    async def file(tx: Transaction) -> str:
        await consents.require(deps, tx, actor.person_id)
        made = await drafts.begin(deps, tx, actor, complete, told, reporter=actor.person_id)
        return made.id

    return file


FINDINGS: Final = (
    FindingTarget(name="repair", label="报修", prepare=prepare, has_categories=True),
)
