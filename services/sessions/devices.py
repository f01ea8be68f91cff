"""Short names of devices, read from the User-Agent, to recognise them in a list."""

from typing import Final

from services.sessions.models import SessionKind

# Mark in a User-Agent → name. First match wins: browsers also claim to be those further down.
BROWSERS: Final = (
    ("MicroMessenger", "微信"),
    ("QQBrowser", "QQ浏览器"),
    ("360SE", "360浏览器"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "鸿蒙"),
    ("OpenHarmony", "鸿蒙"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str, kind: SessionKind) -> str:
    """Return for example "微信 · iPhone"; no text of the header itself is kept."""
    browser = _first(BROWSERS, user_agent) or "浏览器"
    name = "微信" if kind is SessionKind.WECHAT else browser
    system = _first(SYSTEMS, user_agent)
    return f"{name} · {system}" if system else name


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
