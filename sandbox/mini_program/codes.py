"""Mini-program codes: /wxa/getwxacodeunlimit draws a picture that opens a page."""

import io
import re
from typing import Any, Literal

import segno

from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_token, read
from sandbox.mini_program.messages import check_page
from sandbox.web import Answer, Call
from sandbox.world import World

SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
NARROWEST, WIDEST = 280, 1280
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


async def code(world: World, call: Call, app: MiniProgram) -> Answer:
    """Draw a code. Always HTTP 200: an image, or JSON with an errcode."""
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
    # A QR code instead of WeChat's round one, so that tests can read page and scene.
    qr = segno.make(f"{app.appid} {body.page}?scene={body.scene}", error="m", micro=False)
    scale = max(1, body.width // qr.symbol_size(border=4)[0])
    qr.save(image, kind="png", scale=scale)
    return Answer(200, image.getvalue(), {"Content-Type": "image/png"})


ROUTES = [("POST", "/wxa/getwxacodeunlimit", MiniRoute(by_token, code))]
