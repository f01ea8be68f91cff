"""Actions on probes: looking at every account, and what the latest look found."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_city
from services.kernel.views import show
from services.merchants.probes import looks, store
from services.merchants.probes.models import (
    MINI_PROGRAM,
    Probe,
    ProbeKind,
    ProbesQuery,
    ProbeView,
)
from services.wechat.errors import WeChatError
from services.wechat.pay import PayClient

LOOKS: Final[Mapping[ProbeKind, Callable[[Dependencies, PayClient], Awaitable[str]]]] = {
    ProbeKind.SIGNING: looks.signing,
    ProbeKind.PLATFORM_KEYS: looks.platform_keys,
    ProbeKind.CERTIFICATE: looks.certificate,
    ProbeKind.CALL_BACK: looks.call_back,
}

log = structlog.get_logger(__name__)


async def look_at(deps: Dependencies, client: PayClient) -> None:
    """Look at everything of one account, and keep what is found."""
    for kind, look in LOOKS.items():
        await _keep(deps, client.account.key, kind, look(deps, client))


async def look_at_mini_program(deps: Dependencies) -> None:
    """Ask WeChat what concerns all accounts. Raises WeChatUnavailable when it is not heard."""
    await _keep(deps, MINI_PROGRAM, ProbeKind.TRADE_MANAGED, _managed(deps))


async def _managed(deps: Dependencies) -> str:
    try:
        return await looks.trade_managed(deps)
    except WeChatError as error:
        raise looks.Failed(f"微信没有回答是否须上传发货信息:{error.errcode}") from error


async def _keep(
    deps: Dependencies, account: str, kind: ProbeKind, look: Awaitable[str]
) -> None:
    """Keep what a look found, with a line in the log that alarms when it is wrong."""
    passed = True
    try:
        said = await look
    except looks.Failed as failure:
        passed, said = False, str(failure)
        log.error("merchant_probe_failed", account=account, probe=kind.value, said=said)  # noqa: TRY400  # an alarm, not a bug
    probe_id, now = f"{account}:{kind.value}", deps.now()
    before = await store.find(deps.db, probe_id)
    since = before.failing_since if before else None
    probe = Probe(
        id=probe_id,
        account=account,
        kind=kind,
        passed=passed,
        said=said,
        checked_at=now,
        failing_since=None if passed else since or now,
    )
    await store.put(deps.db, probe)


async def listing(deps: Dependencies, actor: Actor, query: ProbesQuery) -> Page[ProbeView]:
    """Return what the latest looks at the merchant accounts found."""
    require_city(actor, Permission.OPERATE)
    return await kept(deps, query)


async def kept(deps: Dependencies, query: ProbesQuery) -> Page[ProbeView]:
    """Return the same for whoever holds the machine."""
    return (await store.page(deps.db, query)).map(lambda found: show(found, ProbeView))


async def count_failed(deps: Dependencies) -> int:
    """Count what is not as it should be: for the figures and their alarms."""
    return await store.count_failed(deps.db)
