"""Messages about instalment agreements: to who owes the bills, who offers and who approves."""

from collections.abc import Iterable
from typing import Final

from services.audiences import holders, residents
from services.dependencies import Dependencies, Transaction
from services.fees.payees import actions as payees
from services.firms import contracts
from services.instalments.models import InstalmentPart, Instalments
from services.instalments.states import InstalmentsState
from services.kernel.permissions import Role
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places
from services.wechat import template_values

PAGE: Final = "pages/instalments/instalments"
DATA: Final = {"thing1": "home", "amount2": "amount", "date3": "due_on"}
OFFERED: Final = Template(
    key="instalments_offered",
    title="分期缴费约定",
    body="{payee}为{home}提出分期缴费,共{amount},第一期{due_on}前缴。请您打开看看是否同意。",
    page=PAGE,
    data=DATA,
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "有分期缴费约定时告诉您"),),
)
HOLDS: Final = Template(
    key="instalments_approved",
    title="分期缴费约定已生效",
    body="{home}的分期缴费约定已生效,共{amount},第一期{due_on}前缴。约定期间不再催缴。",
    page=PAGE,
    data=DATA,
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "分期缴费约定生效时告诉您"),),
)
DUE_SOON: Final = Template(
    key="instalment_due",
    title="分期缴费快到期",
    body="{home}的分期缴费还有{amount}请在{due_on}前缴纳。已缴请忽略。",
    page=PAGE,
    data=DATA,
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "分期缴费快到期时告诉您"),),
)
BROKEN: Final = Template(
    key="instalments_broken",
    title="分期缴费约定已终止",
    body="{home}的分期缴费有{amount}到{due_on}还没有缴,约定已终止。有困难请联系{payee}。",
    page=PAGE,
    data=DATA,
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "分期缴费约定终止时告诉您"),),
)
BROKEN_AT_OFFICE: Final = Template(
    key="instalments_broken_at_office",
    title="分期缴费约定未履行",
    body="{home}的分期缴费有{amount}到{due_on}还没有缴,约定已终止。请与住户联系,了解有没有困难。",
    page="pages/work/instalments",
    data=DATA,
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_WORKING, "分期约定没有履行时告诉您"),),
)
DONE: Final = Template(
    key="instalments_done",
    title="分期缴费已缴清",
    body="{home}的分期缴费共{amount}已缴清,最后一期是{due_on}。谢谢您的支持。",
    page=PAGE,
    data=DATA,
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "分期缴费缴清时告诉您"),),
)
LAPSED: Final = Template(
    key="instalments_lapsed",
    title="分期缴费约定已过期",
    body="{home}的分期缴费约定(共{amount},第一期{due_on})没有按时定下来,已过期。需要分期请联系{payee}。",
    page=PAGE,
    data=DATA,
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_LOOKING_AT_PAYMENTS, "分期缴费约定过期时告诉您"),),
)
AT_OFFICE: Final = Template(
    key="instalments_at_office",
    title="分期约定有进展",
    body="您为{home}提出的分期缴费约定:{progress}。",
    page="pages/work/instalments",
    data={"thing1": "home", "thing2": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_WORKING, "您提出的分期约定有进展时告诉您"),),
)
TO_DECIDE: Final = Template(
    key="instalments_to_decide",
    title="有分期约定要批准",
    body="{home}的分期缴费约定在等另一人批准,请核对后决定。",
    page="pages/work/instalments",
    data={"thing1": "home"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有分期约定要批准时提醒您"),),
)
TEMPLATES: Final = (
    *(OFFERED, HOLDS, DUE_SOON, BROKEN, BROKEN_AT_OFFICE, DONE, LAPSED),
    *(AT_OFFICE, TO_DECIDE),
)
DEBTOR_AGREED: Final = "业主已同意"  # what is waited for is the state's own label


async def notify(
    deps: Dependencies,
    tx: Transaction,
    people: Iterable[str],
    template: Template,
    agreement: Instalments,
    part: InstalmentPart,
    amount_fen: int,
) -> None:
    """Tell who owes it about one part of an agreement."""
    values = {
        "amount": template_values.amount(amount_fen),
        "due_on": part.due_on,
        "payee": agreement.payee_name,
    }
    key = f"{agreement.id}:{part.due_on}"
    await _send(deps, tx, people, template, agreement, key=key, **values)


async def notify_office(deps: Dependencies, tx: Transaction, agreement: Instalments) -> None:
    """Tell who offered an agreement how far it is."""
    state, people = agreement.state, [agreement.offered_by]
    is_agreed = state is InstalmentsState.AGREED
    said = f"{DEBTOR_AGREED},{state.label}" if is_agreed else state.label
    key = f"{agreement.id}:{state}"
    await _send(deps, tx, people, AT_OFFICE, agreement, key=key, progress=said)


async def notify_deciders(
    deps: Dependencies, tx: Transaction, people: Iterable[str], agreement: Instalments
) -> None:
    """Tell who may approve an agreement that it waits for one of them."""
    await _send(deps, tx, people, TO_DECIDE, agreement, key=agreement.id)


async def deciders_of(deps: Dependencies, agreement: Instalments) -> set[str]:
    """Return who is asked to approve an agreement: not who offered it, nor who lives there.

    The community's staff, and the managers of the firm that is paid. An administrator may
    approve as well, and is not called for a single home.
    """
    compound, roles = places.compound_of(agreement.home), [Role.COMMUNITY_STAFF]
    contract = await contracts.holding(deps, compound)
    own = await payees.of_firm(deps, compound, contract.firm) if contract else []
    if agreement.account in {payee.account for payee in own}:
        roles.append(Role.FIRM_MANAGER)
    found = await holders.acting_over(deps, agreement.home, roles)
    at_home = await residents.at_homes(deps, [agreement.home])
    return found - {agreement.offered_by, *at_home.get(agreement.home, ())}


async def _send(
    deps: Dependencies,
    tx: Transaction,
    people: Iterable[str],
    template: Template,
    agreement: Instalments,
    *,
    key: str,
    **said: str,
) -> None:
    home = agreement.home
    address = (await places.addresses(deps, [home])).get(home, home)
    values = {"home": address, **said}
    for person in sorted(people):
        await messaging.notify(
            deps, tx, person_id=person, template=template, key=key, values=values
        )
