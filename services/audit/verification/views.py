"""Views of anchors, as the log and `verify` print them."""

from services.audit.verification.models import Anchor


def line(anchor: Anchor) -> str:
    """Write an anchor as the log and `verify` say it.

    In groups: sixteen digits in a row would be taken for a bank card and hidden from the log.
    """
    groups = [anchor.mac[i : i + 8] for i in range(0, len(anchor.mac), 8)]
    return f"{anchor.number} {anchor.at.isoformat()} {'-'.join(groups)}"
