"""Openids and unionids, derived from app and name; an openid starts with its app's mark."""

import base64
import hashlib


def _mark(text: str, length: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:length]


def openid_of(appid: str, name: str) -> str:
    """Return a person's openid in one app: stable, and different in another app."""
    return f"o{_mark(appid, 7)}{_mark(f'{appid}/{name}', 20)}"


def unionid_of(name: str) -> str:
    return f"o6_{_mark(f'union/{name}', 25)}"


def belongs(openid: str, appid: str) -> bool:
    return len(openid) == 28 and openid.startswith(f"o{_mark(appid, 7)}")  # noqa: PLR2004 - length of every openid
