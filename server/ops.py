"""What operators and programmers ask: alive, ready, figures, the contract and its page."""

from importlib.resources import files
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from handlers.base import ApiHandler
from handlers.contract import Access, Download, Route, endpoint
from handlers.openapi import document
from server import observability
from server.observability import Readiness
from services.jobs import store as jobs_store
from services.kernel.errors import NotFound, Unavailable
from services.limits.models import Rate
from services.payments import actions as payments

TITLE: Final = "三长通"
VERSION: Final = "1"
BACKLOG_CAP: Final = 10_000
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
</head><body><div id="api"></div><script src="docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "openapi.json", dom_id: "#api", deepLinking: true})</script>
</body></html>
"""


HOME: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>三长通</title></head><body>
<h1>三长通</h1>
<ul><li><a href="docs">API 文档</a></li><li><a href="openapi.json">openapi.json</a></li>
<li><a href="healthz">healthz</a></li><li><a href="readyz">readyz</a></li>
<li><a href="metrics">metrics</a></li></ul></body></html>
"""


class NotReady(Unavailable):
    code = "not_ready"


class Alive(msgspec.Struct):
    status: str


class HomeHandler(ApiHandler):
    @endpoint(needs=Access.PUBLIC, media_type="text/html")
    async def get(self) -> Download:
        """Where to look: the contract as a page, health, figures."""
        return Download(HOME.encode(), "text/html; charset=utf-8")


class HealthHandler(ApiHandler):
    @endpoint(needs=Access.PUBLIC, rate=Rate.PROBE)
    async def get(self) -> Alive:
        """Whether this process runs; asks nobody else."""
        return msgspec.convert(await observability.is_alive(), Alive)


class ReadyHandler(ApiHandler):
    @endpoint(needs=Access.PUBLIC, errors=("not_ready",), rate=Rate.PROBE)
    async def get(self) -> Readiness:
        """Whether this process can serve: MongoDB answers. Redis and worker are told too."""
        deps = self.deps
        found = await observability.readiness(
            deps.mongo, deps.redis, jobs_store.last_beat(deps.db), deps.now()
        )
        if not found.ready:
            raise NotReady(
                "数据库没有回应", retry_after_seconds=5, **msgspec.to_builtins(found)
            )
        return found


class MetricsHandler(ApiHandler):
    @endpoint(needs=Access.PUBLIC, media_type="text/plain", rate=Rate.PROBE)
    async def get(self) -> Download:
        """Figures for Prometheus. No personal data; keep it inside all the same."""
        now = self.deps.now()
        due, since = await jobs_store.backlog(self.deps.db, now, cap=BACKLOG_CAP)
        depths = {"due": due, "dead": await jobs_store.count_dead(self.deps.db)}
        observability.show_outbox(depths, (now - since).total_seconds() if since else 0.0)
        observability.show_worklist(await payments.waiting(self.deps))
        content, content_type = observability.metrics()
        return Download(content, content_type)


class OpenApiHandler(ApiHandler):
    @endpoint(needs=Access.PUBLIC)
    async def get(self) -> dict[str, Any]:
        """The contract itself: OpenAPI 3.1, made from the routes."""
        routes: list[Route] = self.settings["routes"]
        return document(routes, title=TITLE, version=VERSION)


class DocsHandler(ApiHandler):
    @endpoint(needs=Access.PUBLIC, media_type="text/html")
    async def get(self) -> Download:
        """The contract as a page to read and try; nothing is loaded from elsewhere."""
        return Download(PAGE.encode(), "text/html; charset=utf-8")


class DocsAssetHandler(ApiHandler):
    @endpoint(needs=Access.PUBLIC, media_type="*/*")
    async def get(self, asset: Annotated[str, Meta(max_length=60)]) -> Download:
        """A part of the page."""
        if asset not in ASSETS:
            raise NotFound("没有这个地址")
        return Download((SWAGGER / asset).read_bytes(), ASSETS[asset])


ROUTES = [
    Route("/", HomeHandler),
    Route("/healthz", HealthHandler),
    Route("/readyz", ReadyHandler),
    Route("/metrics", MetricsHandler),
    Route("/openapi.json", OpenApiHandler),
    Route("/docs", DocsHandler),
    Route("/docs/{asset}", DocsAssetHandler),
]
