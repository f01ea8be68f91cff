"""Registration of sessions."""

from typing import Final

from services.kernel.features import Feature
from services.sessions import privacy

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    close=privacy.close,
    forget=privacy.forget,
    forgets="登录设备",
)
