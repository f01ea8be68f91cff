"""Messages about calls: to who is asked for, and to who asked. None has a number in it."""

from typing import Final

from services.calls import offices
from services.calls.models import Call
from services.calls.views import label_of
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging

CALL_ASKED: Final = Template(
    key="call_asked",
    title="有人想与您通话",
    body="{office}想与您通话,关于{matter}。您可以{choices}。",
    page="pages/calls/mine",
    data={"thing1": "office", "thing2": "matter"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_REPORTING, "有人想打电话给您时先问您"),),
)
CALL_ANSWERED: Final = Template(
    key="call_answered",
    title="通话请求有答复",
    body="您关于{matter}的通话请求:{answer}。",
    page="pages/calls/asked",
    data={"thing1": "matter", "thing2": "answer"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "住户答复通话请求时告诉您"),),
)
TEMPLATES: Final = (CALL_ASKED, CALL_ANSWERED)


async def ask(deps: Dependencies, tx: Transaction, call: Call) -> None:
    """Notify a person that somebody wants to call."""
    if call.person is None:
        return
    can_call_back = await offices.call_back(deps, call) is not None
    await messaging.notify(
        deps,
        tx,
        person_id=call.person,
        template=CALL_ASKED,
        key=call.id,
        values={
            "office": call.office,
            "matter": label_of(deps, call.about),
            "choices": "允许一次、自己打回去,或暂不方便"
            if can_call_back
            else "允许一次,或暂不方便",
        },
    )


async def tell(deps: Dependencies, tx: Transaction, call: Call) -> None:
    """Notify who asked of the answer."""
    await messaging.notify(
        deps,
        tx,
        person_id=call.asker,
        template=CALL_ANSWERED,
        key=f"{call.id}:{call.state}",  # it may be taken back after it was allowed
        values={"matter": label_of(deps, call.about), "answer": call.state.label},
    )
