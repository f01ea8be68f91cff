"""Endpoints about the product itself: the contract and its page; health and figures.

Health and figures are the operator's and answer on a port of their own (OPS_PORT): what costs a
question to the database, or shows how much is going on, is nothing for the street. Only
/healthz answers on both, for whoever chooses among the web servers: it asks nobody.
"""

import asyncio
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download, Fixed, fixed
from server import observability
from server.contract import document
from server.observability import Readiness
from services.jobs import actions as jobs
from services.kernel.errors import NotFound, Unavailable
from services.limits.models import Rate
from services.merchants.probes import actions as probes
from services.payments.discrepancies import actions as discrepancies
from services.payments.refunds import actions as refunds
from services.reconciliations import actions as reconciliations
from services.reconciliations.differences import actions as differences

SWAGGER: Final = files("swagger_ui_bundle") / "vendor" / "swagger-ui-5.31.0"
ASSETS: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>三长通 API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head><body>
<p style="margin: 1em auto; max-width: 1400px; padding: 0 20px; font: 16px sans-serif">
试用接口要先登录:点 Authorize,填入令牌,刷新页面也不会丢。<br>
演示环境用 <code>make token AS=resident</code> 取令牌(也可 AS=admin、staff、unit 等);<br>
其他环境用 createSession(小程序)或 createBrowserSession(网页扫码)返回的 access_token。</p>
<div id="api"></div><script src="docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "openapi.json", dom_id: "#api", deepLinking: true,
persistAuthorization: true})</script>
</body></html>
"""


HOME: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>三长通</title></head><body>
<h1>三长通</h1>
<ul><li><a href="docs">API 文档</a></li><li><a href="openapi.json">openapi.json</a></li>
<li><a href="healthz">healthz</a></li></ul></body></html>
"""
HTML: Final = "text/html; charset=utf-8"
FIGURES_WAIT: Final = asyncio.Lock()  # one scrape at a time, however many ask


@cache
def contract(routes: tuple[Route, ...]) -> Fixed:
    """Make the contract's document once a process: the routes do not change while it runs."""
    made = document(routes)
    return fixed(msgspec.json.encode(made), "application/json; charset=utf-8")


@cache
def page(html: str) -> Fixed:
    return fixed(html.encode(), HTML)


@cache
def part_of_page(asset: str) -> Fixed:
    return fixed((SWAGGER / asset).read_bytes(), ASSETS[asset])


class NotReadyDetails(Readiness, frozen=True, kw_only=True):
    """Parts that are missing, and when to ask again.

    `retry_after_seconds`: Seconds to wait before asking again.
    """

    retry_after_seconds: int


class NotReady(Unavailable):
    """MongoDB does not answer, so that nothing can be served."""

    code = "not_ready"
    details_type = NotReadyDetails


class Alive(msgspec.Struct):
    """Sign that the process runs.

    `status`: Always `ok`.
    """

    status: str


class HomeHandler(ApiHandler):
    @endpoint("getStartPage", needs=Access.PUBLIC, media_type="text/html")
    async def get(self) -> Download:
        """Where to look: the contract as a page, and health."""
        return page(HOME)


class HealthHandler(ApiHandler):
    lane = None

    @endpoint("checkHealth", needs=Access.PUBLIC, rate=Rate.PROBE)
    async def get(self) -> Alive:
        """Whether this process runs; asks nobody else."""
        return msgspec.convert(await observability.is_alive(), Alive)


class ReadyHandler(ApiHandler):
    lane = None

    @endpoint("checkReadiness", needs=Access.PUBLIC, errors=("not_ready",), rate=Rate.PROBE)
    async def get(self) -> Readiness:
        """Whether this process can serve: MongoDB answers. Redis and worker are told too."""
        deps = self.deps
        found = await observability.readiness(
            deps.mongo, deps.redis, jobs.last_beat(deps), deps.now()
        )
        if not found.ready:
            raise NotReady(
                "数据库没有回应", retry_after_seconds=5, **msgspec.to_builtins(found)
            )
        return found


class MetricsHandler(ApiHandler):
    lane = None

    @endpoint("getMetrics", needs=Access.PUBLIC, media_type="text/plain", rate=Rate.PROBE)
    async def get(self) -> Download:
        """Figures for Prometheus. No personal data; keep it inside all the same."""
        async with FIGURES_WAIT:
            await self._count()
            content, content_type = await observability.metrics()
        return Download(content, content_type)

    async def _count(self) -> None:
        now = self.deps.now()
        backlog = await jobs.backlog(self.deps)
        due, oldest = 0, 0.0
        for lane, overdue in backlog.overdue.items():
            late = (now - overdue.since).total_seconds() if overdue.since else 0.0
            observability.show_lane(lane.name.lower(), overdue.count, late)
            due, oldest = due + overdue.count, max(oldest, late)
        observability.show_outbox({"due": due, "dead": backlog.dead}, oldest)
        waiting = {
            "discrepancies": await discrepancies.count_waiting(self.deps),
            "refunds": await refunds.count_stuck(self.deps),
            "reconciliations": await reconciliations.count_differing(self.deps),
            "reconciliation_differences": await differences.count_open(self.deps),
            "merchant_probes": await probes.count_failed(self.deps),
        }
        observability.show_worklist(waiting)


class OpenApiHandler(ApiHandler):
    @endpoint("getOpenApi", needs=Access.PUBLIC, media_type="application/json")
    async def get(self) -> Download:
        """The contract itself: OpenAPI 3.1, made from the routes."""
        return contract(tuple(self.settings["routes"]))


class DocsHandler(ApiHandler):
    @endpoint("getDocsPage", needs=Access.PUBLIC, media_type="text/html")
    async def get(self) -> Download:
        """The contract as a page to read and try; nothing is loaded from elsewhere."""
        return page(PAGE)


class DocsAssetHandler(ApiHandler):
    @endpoint("getDocsAsset", needs=Access.PUBLIC, media_type="*/*")
    async def get(
        self, asset: Annotated[str, Meta(max_length=60, description="File name of the part.")]
    ) -> Download:
        """A part of the page."""
        if asset not in ASSETS:
            raise NotFound("没有这个地址")
        return part_of_page(asset)


ROUTES = [
    Route("/", HomeHandler),
    Route("/healthz", HealthHandler),
    Route("/openapi.json", OpenApiHandler),
    Route("/docs", DocsHandler),
    Route("/docs/{asset}", DocsAssetHandler),
]
OPERATOR_ROUTES = [
    Route("/healthz", HealthHandler),
    Route("/readyz", ReadyHandler),
    Route("/metrics", MetricsHandler),
]
