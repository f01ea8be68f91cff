"""Views of seals, as the log and `verify` print them."""

import msgspec

from services.kernel.chains import spoken
from services.kernel.documents import Document
from services.ledger.seals.models import Seal


def line(seal: Seal) -> str:
    """Write a seal of the city as the log and `verify` say it."""
    return f"{seal.number} {seal.day} {spoken(seal.mac)}"


def seal_of(kept: Document) -> Seal:
    """Return a kept seal. ValidationError when it is none any more."""
    return msgspec.convert(kept, Seal)
