"""What a code on a screen holds, and the picture of it.

The scene is derived from the id with our key: nothing that opens anything is kept, and the
picture can be drawn again. Pictures are kept in Redis while their code lives, for comfort.
"""

import secrets
from contextlib import suppress
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.browser_sign_ins.models import LIFE
from services.dependencies import Dependencies
from services.people.identity import WeChatBusy
from services.wechat.errors import WeChatError

# The page of the mini-program that reads `scene`, asks for the number and answers.
PAGE: Final = "pages/browser/confirm"
SCENE_LENGTH: Final = 32  # of 4 bits each; WeChat takes no more characters

log = structlog.get_logger(__name__)


def scene_of(deps: Dependencies, sign_in_id: str) -> str:
    return deps.vault.blind(sign_in_id, purpose="browser-scene")[:SCENE_LENGTH]


def scene_index(deps: Dependencies, scene: str) -> str:
    return deps.vault.blind(scene, purpose="browser-scene-index")


def secret_index(deps: Dependencies, secret: str) -> str:
    return deps.vault.blind(secret, purpose="browser-secret")


def new_number() -> str:
    return f"{secrets.randbelow(100):02d}"


async def picture(deps: Dependencies, sign_in_id: str) -> bytes:
    """Return the code as WeChat draws it, PNG or JPEG. Raises WeChatBusy."""
    key = f"browser-code:{sign_in_id}"
    with suppress(RedisError, OSError):
        kept = await deps.redis.get(key)
        if isinstance(kept, bytes):
            return kept
    try:
        drawn = await deps.wechat.qr_code(scene_of(deps, sign_in_id), PAGE)
    except WeChatError as error:
        log.warning("browser_code_not_drawn", errcode=error.errcode, reaction=error.reaction)
        raise WeChatBusy("微信暂时没有回应,请稍后再试", retry_after_seconds=3) from error
    with suppress(RedisError, OSError):
        await deps.redis.set(key, drawn, ex=int(LIFE.total_seconds()))
    return drawn
