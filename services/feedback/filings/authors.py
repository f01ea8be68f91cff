"""Authors of feedback, shown whole to the community and above: each look is audited.

Also of what was said without a name: the promise is towards everybody below. Nobody looks who
it is about, nor at what their own home said. Of what has no name that refusal would tell it, so
there nobody looks who lives in its compound, whoever said it.
"""

from msgspec import Struct

from services.cases import access as cases
from services.dependencies import Dependencies
from services.feedback.kind import FEEDBACK
from services.feedback.models import HOME, NAME, Feedback
from services.kernel import errors, interests
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.people import actions as people
from services.places import actions as places
from services.reveals import actions as reveals
from services.reveals.models import Field, Reason, Reveal


class RevealAuthor(Struct, forbid_unknown_fields=True, kw_only=True):
    """Request to see who said something.

    `reason`: What it is needed for; kept in the audit.
    """

    reason: Reason


class AuthorView(Struct, kw_only=True):
    """Who said something; null for what is not known.

    `name`: Whole name.
    `phone`: Whole phone number, with country code.
    `address`: Address of the home, as people say it.
    """

    name: str | None
    phone: str | None
    address: str | None


def home_of(deps: Dependencies, found: Feedback) -> str:
    """Return the home of who said something; "" where it is not known."""
    return HOME.open(deps.vault, found.id, found.home_sealed) if found.home_sealed else ""


def _require_apart(actor: Actor, found: Feedback, home: str) -> None:
    """Raise Forbidden, in the words of any other, for what may be of the actor's own home."""
    around = places.compound_of(found.place) if found.anonymous else home
    if around and any(covers(around, own) for own in interests.homes_of(actor)):
        raise errors.Forbidden(FEEDBACK.forbidden)


async def reveal(
    deps: Dependencies, actor: Actor, case_id: str, wish: RevealAuthor
) -> AuthorView:
    """Show who said something, to who oversees its place. Raises NotFound, Forbidden."""
    found: Feedback = await cases.access(
        deps, actor, FEEDBACK, case_id, Permission.OVERSEE_FEEDBACK
    )
    home = home_of(deps, found)
    _require_apart(actor, found, home)
    asked = Reveal(fields=[Field.NAME, Field.PHONE], reason=wish.reason)
    await reveals.note(deps, actor, found.place, found.id, asked)
    name = NAME.open(deps.vault, found.id, found.name_sealed) if found.name_sealed else ""
    said = await people.find(deps, found.person) if found.person else None
    addresses = await places.addresses(deps, [home] if home else [])
    return AuthorView(
        name=name or None,
        phone=people.phone_of(deps, said) if said else None,
        address=addresses.get(home),
    )
