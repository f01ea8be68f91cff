"""Messages about agreed services, to the owners of the homes that are asked."""

from typing import Final

from services.agreed_services import store
from services.agreed_services.models import AgreedService
from services.agreed_services.states import ServiceState
from services.audiences import residents
from services.audiences.models import Audience
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import Part, Source, Wish
from services.residencies.models import OWNERS
from services.wechat.template_values import plain

# Sources of broadcasts (Feature.broadcasts): homes are asked, and how it came out.
SOURCE: Final = "agreed_services"
RESULTS: Final = "agreed_service_results"
PAGE: Final = "pages/homes/services"
AGREED_SERVICE_OPENED: Final = Template(
    key="agreed_service_opened",
    title="请您答复一项服务",
    body="大家想增加一项有偿服务:{title}。请在{closes_on}前答复,点开可以看价格。",
    page=PAGE,
    data={"thing1": "title", "date2": "closes_on"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_ANSWERING, "楼里商量增加服务时告诉您"),),
)
AGREED_SERVICE_CLOSED: Final = Template(
    key="agreed_service_closed",
    title="楼里的服务有结果",
    body="{title}:{progress}。点开可以看详情。",
    page=PAGE,
    data={"thing1": "title", "thing2": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_ANSWERING, "楼里商量的服务有结果时告诉您"),),
)
TEMPLATES: Final = (AGREED_SERVICE_OPENED, AGREED_SERVICE_CLOSED)


async def opened(deps: Dependencies, tx: Transaction, service: AgreedService) -> None:
    """Tell the owners that their homes are asked."""
    template = AGREED_SERVICE_OPENED
    values = {"title": _title(service, template), "closes_on": service.closing_day}
    await broadcasts.start(deps, tx, _wish(SOURCE, service.id, template, values))


async def closed(deps: Dependencies, tx: Transaction, service: AgreedService) -> None:
    """Tell the owners how it came out, or that it is over."""
    template = AGREED_SERVICE_CLOSED
    values = {"title": _title(service, template), "progress": service.state.label}
    key = f"{service.id}:{service.state}"
    await broadcasts.start(deps, tx, _wish(RESULTS, key, template, values))


def _title(service: AgreedService, template: Template) -> str:
    return plain(service.title) or template.title


def _wish(source: str, key: str, template: Template, values: dict[str, str]) -> Wish:
    return Wish(
        source=source,
        key=key,
        template=template.key,
        title=template.title,
        body=template.body.format(**values),
        values=values,
    )


async def part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next owners who are asked; none when homes are not asked."""
    found = await store.find(deps.db, key)
    if found is None or found.state is not ServiceState.OPEN:
        return Part([], None)
    return await _owners(deps, found, after, limit)


async def results_part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next owners who are told how it came out."""
    service_id, _, state = key.rpartition(":")
    found = await store.find(deps.db, service_id)
    if found is None or found.state != state:
        return Part([], None)
    return await _owners(deps, found, after, limit)


async def _owners(deps: Dependencies, found: AgreedService, after: str, limit: int) -> Part:
    relations = sorted(OWNERS)
    audience = Audience(places=[found.place], relations=relations, usages=found.usages)
    return await residents.part(deps, audience, after, limit)


BROADCASTS: Final = {SOURCE: Source(part=part), RESULTS: Source(part=results_part)}
