"""Signing in, staying signed in and signing out; the front door of the sessions."""

import asyncio

from services.accounts import standing
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.permissions import Actor
from services.sessions import living, tokens


async def authenticate(deps: Dependencies, access_token: str) -> Actor:
    """Return who asks, with today's homes and roles: read anew for every request."""
    person_id, session_id = tokens.read_access(deps.vault, access_token, deps.now())
    session, grants = await asyncio.gather(
        living.living(deps, session_id), standing.grants_of(deps, person_id)
    )
    if session.person != person_id:
        raise errors.Unauthenticated("登录信息无效,请重新登录")
    living.require_standing(session, grants)
    return Actor(person_id, session_id, grants, session.confirmed_at)
