"""Requests to a product and to its WeChat stand-in, one at a time."""

from typing import Any, Final

import msgspec
from tornado.httpclient import HTTPClient, HTTPRequest

SECONDS: Final = 300.0
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(verb: str, url: str, body: Any = None, *, token: str = "") -> Any:
    """Send JSON; return that of the answer. Raises ValueError with what a refusal says."""
    content = None if body is None else msgspec.json.encode(body)
    return fetch(verb, url, content, token, "application/json")


def upload(url: str, content: bytes, *, token: str) -> Any:
    """Send a spreadsheet. Raises as `send` does."""
    return fetch("POST", url, content, token, XLSX)


def fetch(verb: str, url: str, content: bytes | None, token: str, kind: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = HTTPClient()
    try:
        answer = client.fetch(
            HTTPRequest(
                url,
                method=verb,
                headers=headers | {"Content-Type": kind},
                body=content,
                request_timeout=SECONDS,
            ),
            raise_error=False,
        )
        if answer.error:
            raise ValueError(f"{verb} {url}: {answer.error} {answer.body.decode()}")
        return msgspec.json.decode(answer.body or b"null")
    finally:
        client.close()


def sign_in(address: str, wechat: str, name: str) -> str:
    """Return the access token of somebody whom the stand-in makes up."""
    wish = send("POST", f"{wechat}/__ctl/users/{name}/login-code", {})
    code = {"code": wish["code"]}
    return str(send("POST", f"{address}/api/v1/sessions/wechat", code)["access_token"])
