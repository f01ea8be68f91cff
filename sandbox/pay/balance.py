"""Balance of a merchant; unlimited unless a test sets it."""

from sandbox.keys import Merchant
from sandbox.pay.errors import PayError
from sandbox.world import World


def check(world: World, merchant: Merchant, fen: int) -> None:
    balance = world.merchant_settings(merchant).balance_fen
    if balance is not None and balance < fen:
        raise PayError(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")


def change(world: World, mchid: str, fen: int) -> None:
    settings = world.merchant_settings(world.keys.merchants[mchid])
    if settings.balance_fen is not None:
        settings.balance_fen += fen
        world.save_settings()
