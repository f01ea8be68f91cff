"""Actions on grants of messages: what to ask somebody for now, and what they answered."""

from collections.abc import Iterator

from msgspec import Struct

from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.pages import Page
from services.kernel.permissions import Actor
from services.kernel.templates import RESERVES, Ask, Moment, Template
from services.messaging import message_grants
from services.messaging.grants.counts import WINDOW
from services.messaging.grants.models import (
    ASKED_AT_MOST,
    AskResult,
    AskView,
    GrantReport,
    GrantsView,
    GrantView,
)
from services.people import actions as people


class UnknownTemplateDetails(Struct, frozen=True, kw_only=True):
    """Template that is not known.

    `template_id`: Id as it was sent.
    """

    template_id: str


class UnknownTemplate(errors.InvalidInput):
    """A template that this installation does not have at WeChat, any more perhaps."""

    code = "unknown_template"
    details_type = UnknownTemplateDetails


class AskedAtOtherTime(errors.InvalidInput):
    """The phone's clock is wrong, or the report comes late: WeChat's push counts it anyway."""

    code = "asked_at_other_time"


async def asks(deps: Dependencies, actor: Actor, moment: Moment) -> Page[AskView]:
    """Return what to ask a person for in a moment, that of which they allow the least first.

    At most ASKED_AT_MOST, one for each id at WeChat, and nothing they switched off there.
    """
    openid = await _openid(deps, actor)
    wanted = list(_wanted(deps, moment))
    ids = [deps.templates[template.key] for template, _ in wanted]
    counts = await message_grants.counts(deps, openid, ids)
    found: dict[str, AskView] = {}
    for template, ask in wanted:
        template_id = deps.templates[template.key]
        if counts[template_id].off_since is None and template_id not in found:
            found[template_id] = AskView(
                template=template.key,
                template_id=template_id,
                title=template.title,
                reason=ask.reason,
                left=counts[template_id].left,
            )
    fewest = sorted(found.values(), key=lambda view: view.left)  # equals: the urgent one first
    return Page(fewest[:ASKED_AT_MOST])


def _wanted(deps: Dependencies, moment: Moment) -> Iterator[tuple[Template, Ask]]:
    """Yield what is asked for in a moment and configured, the most urgent first."""
    templates = deps.features.templates.values()
    for template in sorted(templates, key=lambda one: (RESERVES[one.purpose], one.key)):
        for ask in template.asks:
            if ask.moment is moment and template.key in deps.templates:
                yield template, ask


async def report(deps: Dependencies, actor: Actor, wish: GrantReport) -> GrantsView:
    """Count what a person accepted, as their phone tells it, until WeChat's push does.

    Raises UnknownTemplate, AskedAtOtherTime; Unauthenticated for an account closed meanwhile.
    """
    ids = list(dict.fromkeys(answer.template_id for answer in wish.results))
    if strange := set(ids) - set(deps.templates.values()):
        raise UnknownTemplate("这条消息模板已停用,请刷新后再试", template_id=min(strange))
    if abs(wish.asked_at - deps.now()) > WINDOW:
        raise AskedAtOtherTime("手机时间不准,请校准后再试")
    accepted = {one.template_id for one in wish.results if one.result is AskResult.ACCEPT}
    openid = await _openid(deps, actor)

    async def save(tx: Transaction) -> None:
        await people.require_open(deps, tx, actor.person_id)
        for template_id in sorted(accepted):
            await message_grants.hear(deps, tx, openid, template_id, at=wish.asked_at)

    if accepted:
        await deps.in_transaction(save)
    left = await message_grants.left(deps, openid, ids)
    return GrantsView(grants=[GrantView(template_id=one, left=left[one]) for one in ids])


async def _openid(deps: Dependencies, actor: Actor) -> str:
    return (await people.openids(deps, [actor.person_id])).get(actor.person_id, "")
