"""Registration of invitations."""

from typing import Final

from services.invitations import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    close=privacy.close,
    forget=privacy.forget,
    forgets="邀请里的姓名",
)
