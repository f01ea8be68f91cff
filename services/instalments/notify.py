"""Messages about instalment agreements, to who owes the bills."""

from collections.abc import Iterable
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.instalments.models import InstalmentPart, Instalments
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
TEMPLATES: Final = (OFFERED, HOLDS, DUE_SOON, BROKEN, BROKEN_AT_OFFICE, DONE)


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
    home = agreement.home
    address = (await places.addresses(deps, [home])).get(home, home)
    values = {
        "home": address,
        "amount": template_values.amount(amount_fen),
        "due_on": part.due_on,
        "payee": agreement.payee_name,
    }
    key = f"{agreement.id}:{part.due_on}"
    for person in people:
        await messaging.notify(
            deps, tx, person_id=person, template=template, key=key, values=values
        )
