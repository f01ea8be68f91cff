"""Registration of sign-ins at a browser."""

from typing import Final

from services.browser_sign_ins import privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS, forget=privacy.forget, forgets="网页登录记录"
)
