"""State machine of an order: every state with every event."""

import pytest

from services.payments.refunds import states as refunds
from services.payments.refunds.states import REFUND_OPEN, RefundAction, RefundState
from services.payments.states import (
    OPEN,
    TABLE,
    TRADE_STATES,
    Event,
    PaymentState,
    Word,
)
from services.wechat.pay_models import TradeState

BOOKED = {Word.PAID, Word.PAID_AND_BACK}
LEGAL = {(row.source, row.action): row.target for row in TABLE.rows}


@pytest.mark.parametrize("state", PaymentState)
@pytest.mark.parametrize("event", Event)
def test_every_pair_not_in_the_table_is_illegal(state: PaymentState, event: Event) -> None:
    assert (state in TABLE.sources(event)) == ((state, event) in LEGAL)


@pytest.mark.parametrize("event", Event)
def test_an_event_leads_to_one_state_wherever_it_finds_the_order(event: Event) -> None:
    assert {row.target for row in TABLE.of(event)} == {TABLE.target(event)}


def test_paid_is_for_ever() -> None:
    assert not [row for row in TABLE.rows if row.source is PaymentState.PAID]


def test_money_is_heard_in_every_state_but_paid_and_suspended() -> None:
    deaf = set(PaymentState) - set(TABLE.sources(Event.MONEY))
    assert deaf == {PaymentState.PAID, PaymentState.SUSPENDED}


def test_an_order_nobody_can_pay_holds_no_bill() -> None:
    assert {PaymentState.PAID, PaymentState.CLOSED}.isdisjoint(OPEN)


def test_a_refund_that_is_done_stays_so() -> None:
    assert not [row for row in refunds.TABLE.rows if row.source is RefundState.DONE]


def test_a_failed_refund_is_sent_again_or_its_money_arrived_after_all() -> None:
    after = [row for row in refunds.TABLE.rows if row.source is RefundState.FAILED]
    assert {row.action: row.target for row in after} == {
        RefundAction.RETRY: RefundState.REQUESTED,
        RefundAction.ARRIVE: RefundState.DONE,
    }
    assert RefundState.FAILED not in REFUND_OPEN


def test_every_trade_state_of_wechat_has_its_row() -> None:
    assert set(TRADE_STATES) == set(TradeState)
    paid = {state for state, word in TRADE_STATES.items() if word in BOOKED}
    assert paid == {TradeState.SUCCESS, TradeState.REFUND}
