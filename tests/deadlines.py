"""The product's deadlines, so late that a loaded machine meets none of them.

In service they keep a person from waiting; in tests they would measure how busy the machine
is. A test that is about one of them sets it itself, so short that it passes in any case. What
the product measures by its own clock (leases, lives of tokens, limits) is not here: a test
moves that clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

SAFETY_NET: Final = 120.0  # seconds, only so that what hangs ends the run
DEADLINES: Final = (
    "handlers.http.base.REQUEST_SECONDS",
    "handlers.http.uploads.BODY_SECONDS",
    "handlers.http.uploads.UPLOAD_SECONDS",
    "handlers.wechat.pay_notices.NOTICE_SECONDS",
    "handlers.wechat.pushes.PUSH_SECONDS",
    "services.dependencies.TRANSACTION_SECONDS",
    "services.jobs.actions.HINT_SECONDS",
    "services.limits.buckets.PATIENCE_SECONDS",
    "services.wechat.token.REDIS_SECONDS",
    "services.wechat.transport.CONNECT_SECONDS",
    "server.connections.HEADER_SECONDS",
    "server.connections.BODY_SECONDS",
    "server.dependencies.REDIS_SECONDS",
    "server.dependencies.WECHAT_SECONDS",
    "server.dependencies.WECHAT_PAY_SECONDS",
    "server.observability.PROBE_SECONDS",
)

# Pauses between tries, which nobody needs to wait for here.
PAUSES: Final = ("services.wechat.platform_keys.PAUSES",)


@contextmanager
def put_off() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in DEADLINES:
            patch.setattr(name, SAFETY_NET)
        for name in PAUSES:
            patch.setattr(name, (0.0, 0.0, 0.0))
        yield
