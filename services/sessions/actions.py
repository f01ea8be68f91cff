"""Signing in, staying signed in and signing out; the front door of the sessions."""

import asyncio

from services import errors
from services.accounts import actions as accounts
from services.dependencies import Dependencies
from services.permissions import Actor
from services.sessions import browser, browser_answers, living, signing_in, signing_out, tokens


async def authenticate(deps: Dependencies, access_token: str) -> Actor:
    """Return who asks, with today's homes and roles: read anew for every request."""
    person_id, session_id = tokens.read_access(deps.vault, access_token, deps.now())
    session, grants = await asyncio.gather(
        living.living(deps, session_id), accounts.grants_of(deps, person_id)
    )
    if session.person != person_id:
        raise errors.Unauthenticated("登录信息无效,请重新登录")
    living.require_standing(session, grants)
    return Actor(person_id, session_id, grants, session.confirmed_at)


sign_in = signing_in.sign_in
confirm = signing_in.confirm
refresh = living.refresh
sign_out = signing_out.sign_out
end_session = signing_out.end
end_sessions = signing_out.end_everywhere
forget_sessions = signing_out.forget
sessions_of = signing_out.listing
ask_browser = browser.ask
ask_to_confirm = browser.ask_to_confirm
draw_browser_code = browser.draw
look_at_browser = browser_answers.look
answer_browser = browser_answers.answer
take_browser_session = browser.take
browser_confirmation = browser.confirmation
