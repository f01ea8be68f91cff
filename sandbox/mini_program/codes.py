"""Codes and links that lead into the mini-program."""

import io
import re
import secrets
from typing import Any, Literal

import segno

from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_token, ok, read
from sandbox.mini_program.messages import check_page
from sandbox.web import Answer, Call
from sandbox.world import World

SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
NARROWEST, WIDEST = 280, 1280
LONGEST_QUERY = 1024
LONGEST_LIFE_SECONDS, LONGEST_LIFE_DAYS = 30 * 86400, 30
Version = Literal["release", "trial", "develop"]


class CodeBody(Body):
    scene: str = ""
    page: str = ""
    check_path: bool = True
    env_version: Version = "release"
    width: int = 430
    auto_color: bool = False
    line_color: dict[str, Any] | None = None
    is_hyaline: bool = False


class LinkBody(Body):
    path: str = ""
    query: str = ""
    env_version: Version = "release"
    expire_type: int = 0
    expire_time: int = 0
    expire_interval: int = 0


class SchemeTarget(Body):
    path: str = ""
    query: str = ""
    env_version: Version = "release"


class SchemeBody(Body):
    jump_wxa: SchemeTarget
    is_expire: bool = False
    expire_type: int = 0
    expire_time: int = 0
    expire_interval: int = 0


async def code(world: World, call: Call, app: MiniProgram) -> Answer:
    """Always HTTP 200: an image, or JSON that says why not."""
    body = read(call, CodeBody)
    if not SCENE.fullmatch(body.scene):
        raise MiniError(40169, "invalid length for scene, or the data is not json string")
    if body.page.startswith("/") or "?" in body.page:
        raise MiniError(41030)
    if body.check_path and body.env_version == "release":
        check_page(world, body.page)
    if not NARROWEST <= body.width <= WIDEST:
        raise MiniError(40097, "invalid args")
    image = io.BytesIO()
    # Not WeChat's round code, but one a test can read: the page and the scene are in it.
    qr = segno.make(f"{app.appid} {body.page}?scene={body.scene}", error="m", micro=False)
    scale = max(1, body.width // qr.symbol_size(border=4)[0])
    qr.save(image, kind="png", scale=scale)
    return Answer(200, image.getvalue(), {"Content-Type": "image/png"})


def _check_life(world: World, body: LinkBody | SchemeBody) -> None:
    seconds = body.expire_time - world.clock.now()
    by_days = body.expire_type == 1
    if by_days and not 1 <= body.expire_interval <= LONGEST_LIFE_DAYS:
        raise MiniError(85400)
    if not by_days and body.expire_time and not 0 < seconds <= LONGEST_LIFE_SECONDS:
        raise MiniError(85400)


def _check_target(world: World, path: str, query: str) -> None:
    check_page(world, path)
    if len(query) > LONGEST_QUERY:
        raise MiniError(40212, "invalid query")


async def url_link(world: World, call: Call, _app: MiniProgram) -> Answer:
    body = read(call, LinkBody)
    _check_target(world, body.path, body.query)
    _check_life(world, body)
    return ok(url_link=f"https://wxaurl.cn/{secrets.token_urlsafe(8)}")


async def scheme(world: World, call: Call, _app: MiniProgram) -> Answer:
    body = read(call, SchemeBody)
    _check_target(world, body.jump_wxa.path, body.jump_wxa.query)
    _check_life(world, body)
    return ok(openlink=f"weixin://dl/business/?t={secrets.token_urlsafe(8)}")


ROUTES = [
    ("POST", "/wxa/getwxacodeunlimit", MiniRoute(by_token, code)),
    ("POST", "/wxa/generate_urllink", MiniRoute(by_token, url_link)),
    ("POST", "/wxa/generatescheme", MiniRoute(by_token, scheme)),
]
