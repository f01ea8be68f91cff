"""Views of anchors, as the log and `verify` print them."""

from services.audit.verification.models import Anchor
from services.kernel.chains import spoken


def line(anchor: Anchor) -> str:
    """Write an anchor as the log and `verify` say it."""
    return f"{anchor.number} {anchor.at.isoformat()} {spoken(anchor.mac)}"
