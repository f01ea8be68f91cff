"""Sessions of the demo's people: signed in by the same actions as behind the HTTP API."""

from typing import Final

from demo.site import Site
from services.accounts import actions as accounts
from services.consents import actions as consents
from services.consents.models import GiveConsent
from services.consents.policies import CURRENT, PolicyKey
from services.kernel.permissions import Actor
from services.sessions import actions as sessions

AGREED: Final = GiveConsent(PolicyKey.PRIVACY, CURRENT[PolicyKey.PRIVACY].version)


async def sign_in(site: Site, name: str, phone: str) -> Actor:
    """Sign a WeChat user in and prove the phone; what is registered under it becomes theirs."""
    login = await site.desk.act(f"users/{name}/login-code")
    given = await sessions.sign_in(site.deps, login["code"])
    actor = await sessions.authenticate(site.deps, given.access_token)
    await consents.give(site.deps, actor, AGREED)
    shown = await site.desk.act(f"users/{name}/phone-code", phone=phone)
    await accounts.give_phone(site.deps, actor, shown["code"])
    return await sessions.authenticate(site.deps, given.access_token)
