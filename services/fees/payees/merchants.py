"""Merchant accounts of payees: the one that an order was made with, or none."""

from typing import Final

import structlog

from services.dependencies import Dependencies
from services.wechat.errors import PayError
from services.wechat.pay import PayClient

# Ours, not WeChat's: the payee's key names no merchant account, or another one than it did.
MERCHANT_GONE: Final = "MERCHANT_GONE"

log = structlog.get_logger(__name__)


def client_of_order(deps: Dependencies, account: str, body: bytes) -> PayClient:
    """Return the client of the merchant that an order was made with; `body`: what was sent.

    PayError (MERCHANT_GONE) when the configuration has it no more: another merchant knows
    nothing of the order, so what WeChat tells that one about it is no answer.
    """
    client = deps.merchants.get(account)
    if client is None or not client.has_made(body):
        raise _gone(account)
    return client


def client_of_account(deps: Dependencies, account: str) -> PayClient:
    """Return the client of a payee's account. PayError (MERCHANT_GONE) when there is none."""
    client = deps.merchants.get(account)
    if client is None:
        raise _gone(account)
    return client


def _gone(account: str) -> PayError:
    log.error("merchant_gone", account=account)
    return PayError(0, MERCHANT_GONE, account)
