"""Findings of rounds that become feedback: an observation (监督) of the head who found it.

It is the head's own, so it lies with the next rung above: nobody handles what they said.
"""

from typing import Final

from services.cases.models import CameBy
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.feedback import rungs
from services.feedback.filings import beginnings, drafts
from services.feedback.models import FeedbackKind
from services.kernel import errors
from services.kernel.findings import File, Finding, FindingTarget
from services.kernel.permissions import Actor, Permission
from services.places import actions as places


class NoCategories(errors.InvalidInput):
    """Feedback has no categories."""

    code = "feedback_no_categories"


async def prepare(deps: Dependencies, actor: Actor, finding: Finding) -> File:
    """Draw up the feedback of a finding; what is returned begins it in a transaction.

    Raises NotFound for a place that is not the actor's, ConsentNeeded, NoCategories.
    """
    if finding.category:
        raise NoCategories("上报为民情时不用选类别")
    await consents.check(deps, actor.person_id)
    place = await places.access_place(deps, actor, finding.place, Permission.WRITE_FEEDBACK)
    draft = drafts.new(
        deps,
        place.id,
        FeedbackKind.OBSERVATION,
        person=actor.person_id,
        filed_by=actor.person_id,
        way=CameBy.ROUND,
        photo_ids=list(finding.photo_ids),
        found_in=finding.source,
    )
    complete = await drafts.laid(deps, draft, finding.text)
    told = await rungs.people_of(deps, complete)

    async def file(tx: Transaction) -> str:
        await consents.require(deps, tx, actor.person_id)
        return (await beginnings.begin(deps, tx, actor, complete, told)).id

    return file


FINDINGS: Final = (FindingTarget(name="feedback", label="民情", prepare=prepare),)
