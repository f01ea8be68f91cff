"""Rows of machines: what WeChat's servers, operators and programmers ask; no person."""

import pytest

from tests.matrix.row import Row
from tests.matrix.rules import public
from tests.matrix.town import Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

WECHAT_SIGNS = "a notice is proved by WeChat's signature: tests/handlers/test_payment_notices"
NO_PERSON = "no person asked for it"
PUSHES = ("/wx/push", "/wx/push/service-account")
NAMELESS = "holds nothing of any person or place"


async def account(_: Scene) -> str:
    return "firm"


async def asset(_: Scene) -> str:
    return "swagger-ui.css"


ROWS = (
    Row(
        "post",
        "/wx/pay/notify/{account}",
        public(),
        makes=account,
        body=b"{}",
        land=(401, "FAIL"),
        because=WECHAT_SIGNS,
        silent=NO_PERSON,
    ),
    Row(
        "post",
        "/wx/pay/combined-notify/{account}",
        public(),
        makes=account,
        body=b"{}",
        land=(401, "FAIL"),
        because=WECHAT_SIGNS,
        silent=NO_PERSON,
    ),
    Row(
        "post",
        "/wx/pay/refund-notify/{account}",
        public(),
        makes=account,
        body=b"{}",
        land=(401, "FAIL"),
        because=WECHAT_SIGNS,
        silent=NO_PERSON,
    ),
    *(
        Row("get", path, public(), land=(401, "not_from_wechat"), because=WECHAT_SIGNS)
        for path in PUSHES
    ),
    *(
        Row(
            "post",
            path,
            public(),
            body=b"{}",
            land=(401, "not_from_wechat"),
            because=WECHAT_SIGNS,
            silent=NO_PERSON,
        )
        for path in PUSHES
    ),
    *(
        Row("get", path, public(), bare=NAMELESS)
        for path in ("/", "/healthz", "/openapi.json", "/docs")
    ),
    Row("get", "/docs/{asset}", public(), makes=asset, bare=NAMELESS),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
