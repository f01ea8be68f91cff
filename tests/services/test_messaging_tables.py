"""The catalogue and the two tables of messaging, without a server."""

from itertools import product

import pytest
from msgspec import structs

from mongo_indexes import messages
from server.features import FEATURES
from services.kernel.templates import RESERVES, Moment, Purpose, Template, reserve_of
from services.messaging.models import Delivery, message_id_of
from services.messaging.states import OUTCOMES, TABLE, Grant, Move, Then
from services.messaging.templates import write, written
from services.payments.refunds.notify import REFUND_DONE
from services.wechat.errors import Reaction
from services.wechat.template_values import clip_data

SHORT = 20  # characters of a reason, on one line of a small phone
VALUES = {
    "home": "新城小区7栋3单元2502号(原机械厂家属院东侧)",
    "fee": "物业费",
    "period": "2026-03",
    "amount": "51.18",
    "due_on": "2026-03-31",
    "payee": "长春市新城物业服务有限公司",
    "paid_at": "2026-03-02T04:00:00+00:00",
    "number": "20260302-ABCDEFGH",
    "reason": "同一账单重复付款",
    "place": "春光小区3栋2单元",
    "office": "单元长",
    "until_on": "2026-12-31",
    "progress": "已转交社区,请耐心等待",
    "news": "业主已变更",
}
# What a value that is not above is like, by the end of its name and by WeChat's cell for it.
LIKE = {"amount": "51.18", "at": "2026-03-02T04:00:00+00:00", "on": "2026-03-31"}
IN_CELL = {"phrase": "已办好", "character_string": "20260302-A", "number": "12", "letter": "A"}


def reasons_of(template: Template) -> dict[Moment, str]:
    return {ask.moment: ask.reason for ask in template.asks}


def values_of(template: Template) -> dict[str, str]:
    """Return values of everything a template speaks of."""
    cells = {name: cell.rstrip("0123456789") for cell, name in template.data.items()}
    made = {
        name: LIKE.get(name.rpartition("_")[2]) or IN_CELL.get(cells.get(name, ""), name * 9)
        for name in template.names
    }
    return {name: VALUES.get(name, value) for name, value in made.items()}


@pytest.mark.parametrize("template", FEATURES.templates.values(), ids=[*FEATURES.templates])
def test_every_template_fills_wechats_cells(template: Template) -> None:
    values = write(template, values_of(template))
    clipped = clip_data({cell: values[name] for cell, name in template.data.items()})
    assert clipped.keys() == template.data.keys()
    assert not set("{}") & set(template.body.format_map(values))


@pytest.mark.parametrize("template", FEATURES.templates.values(), ids=[*FEATURES.templates])
def test_somebody_is_asked_to_allow_every_template(template: Template) -> None:
    """One that nobody is asked for can never be pushed; WeChat's own window shows no reason."""
    assert len(reasons_of(template)) == len(template.asks) > 0
    assert all(0 < len(reason) <= SHORT for reason in reasons_of(template).values())


@pytest.mark.parametrize("moment", Moment)
def test_in_every_moment_something_is_asked_for(moment: Moment) -> None:
    asks = [ask for template in FEATURES.templates.values() for ask in template.asks]
    reasons = [ask.reason for ask in asks if ask.moment is moment]
    assert reasons
    assert len({*reasons}) == len(reasons)


def test_every_purpose_has_a_reserve() -> None:
    assert RESERVES.keys() == {*Purpose}
    assert RESERVES[Purpose.PAYMENT] == RESERVES[Purpose.EMERGENCY] == 0
    assert RESERVES[Purpose.EMERGENCY] < RESERVES[Purpose.REMINDER]
    assert RESERVES[Purpose.REMINDER] < RESERVES[Purpose.INFORMATION]


@pytest.mark.parametrize(
    ("purpose", "beside", "leaves"),
    [
        (Purpose.PAYMENT, [Purpose.EMERGENCY, Purpose.INFORMATION], 0),
        (Purpose.REMINDER, [], 0),
        (Purpose.REMINDER, [Purpose.REMINDER, Purpose.INFORMATION], 0),
        (Purpose.REMINDER, [Purpose.PAYMENT], 1),
        (Purpose.INFORMATION, [], 0),
        (Purpose.INFORMATION, [Purpose.REMINDER], 1),
        (Purpose.INFORMATION, [Purpose.REMINDER, Purpose.EMERGENCY], 2),
    ],
)
def test_a_message_leaves_grants_to_more_urgent_ones_of_its_id(
    purpose: Purpose, beside: list[Purpose], leaves: int
) -> None:
    own, *others = [structs.replace(REFUND_DONE, purpose=one) for one in (purpose, *beside)]
    assert reserve_of(own, others) == reserve_of(own, [own, *others]) == leaves


@pytest.mark.parametrize("template", FEATURES.templates.values(), ids=[*FEATURES.templates])
def test_a_value_left_out_is_named(template: Template) -> None:
    for name in template.names:
        less = {other: value for other, value in values_of(template).items() if other != name}
        with pytest.raises(ValueError, match=f"message without {name}"):
            write(template, less)


def test_only_what_the_template_speaks_of_is_kept() -> None:
    values = write(REFUND_DONE, {**VALUES, "phone": "13800000000"})
    assert values == {"amount": "51.18元", "reason": "同一账单重复付款"}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("amount", "51.18", "51.18元"),
        ("amount", "¥51.18", "51.18元"),
        ("paid_at", "2026-03-02T16:30:00Z", "2026年3月3日 00:30"),
        ("due_on", "2026-03-05", "2026年3月5日"),
        ("period", "2026-03", "2026年3月"),
        ("period", "2026年第一季度", "2026年第一季度"),
        ("home", "2026-03", "2026-03"),
    ],
)
def test_values_are_written_as_people_read_them(name: str, value: str, text: str) -> None:
    assert written(name, value) == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "51.18元"),
        ("amount", "5118"),
        ("amount", "-1.00"),
        ("paid_at", "today"),
        ("due_on", "2026-02-30"),
    ],
)
def test_facts_in_another_form_are_a_mistake_of_ours(name: str, value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each standard parser has its own words
        written(name, value)


def test_every_answer_of_wechat_has_an_outcome() -> None:
    assert OUTCOMES.keys() == set(Reaction)
    assert {row.action for row in TABLE.rows} == set(Move)


def test_what_may_have_been_sent_is_never_tried_again() -> None:
    once_out = {Delivery.SENDING, Delivery.SENT, Delivery.REFUSED, Delivery.UNKNOWN}
    assert not once_out & set(TABLE.sources(Move.START))
    assert OUTCOMES[Reaction.UNKNOWN] == (Move.LOSE, Grant.SPENT, Then.DONE)


@pytest.mark.parametrize("reaction", Reaction)
def test_a_job_comes_again_only_for_a_message_that_may_start(reaction: Reaction) -> None:
    move, grant, then = OUTCOMES[reaction]
    again = then is not Then.DONE
    assert again == (
        TABLE.target(move) in TABLE.sources(Move.START) and grant is Grant.RETURNED
    )


def test_the_database_knows_the_same_states() -> None:
    assert set(messages.VALIDATOR["properties"]["delivery"]["enum"]) == set(Delivery)


def test_ids_tell_template_key_and_person_apart() -> None:
    ids = {
        message_id_of(template, key, person)
        for template, key, person in product(
            FEATURES.templates.values(), ("b1", "b2"), ("li", "wang")
        )
    }
    assert len(ids) == len(FEATURES.templates) * 4
    assert {len(each) for each in ids} == {26}
