"""Views of calls: of who asked, and of who was asked for; neither has a number in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.calls.models import Call, CallView, MyCallView
from services.calls.states import CallState
from services.dependencies import Dependencies
from services.kernel.views import show
from services.places import actions as places

RUNS: Final = frozenset({CallState.ASKED, CallState.ALLOWED})


def state_at(call: Call, now: datetime) -> CallState:
    """Return the state at an instant: the job that ends it may come later."""
    return CallState.LAPSED if call.state in RUNS and call.ends_at <= now else call.state


def asked(deps: Dependencies, call: Call) -> CallView:
    """Show a call to who asked for it."""
    state = state_at(call, deps.now())
    return show(call, CallView, call_id=call.id, subject_id=call.subject, state=state)


async def mine(deps: Dependencies, calls: Sequence[Call]) -> list[MyCallView]:
    """Show calls to whom they were asked for."""
    addresses = await places.addresses(deps, sorted({call.place for call in calls}))
    return [
        show(
            call,
            MyCallView,
            call_id=call.id,
            about_label=label_of(deps, call.about),
            address=addresses.get(call.place, call.place),
            state=state_at(call, deps.now()),
        )
        for call in calls
    ]


def label_of(deps: Dependencies, about: str) -> str:
    """Return what people call a kind of matters."""
    kind = deps.features.callables.get(about)
    return kind.label if kind else about
