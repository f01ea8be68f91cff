"""Merchant accounts in use by this process: a client of each, and what it may do now.

The environment gives the first ones; rows of the database (services/merchants) come on top and
win over an account of the same key. A mapping, so that whoever asks for one client sees what
there is at that moment.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from services.wechat.merchant import MerchantAccount
from services.wechat.pay import PayClient
from services.wechat.pay_session import Earlier


class MakeClient(Protocol):
    def __call__(self, account: MerchantAccount, earlier: Earlier | None = None) -> PayClient:
        """Make the client of an account."""
        ...


class InUse(NamedTuple):
    """One account. `takes_orders`: not switched off. `ships`: WeChat hears what was paid.

    `combines`: WeChat lets it place combined orders and be paid by them.
    """

    client: PayClient
    takes_orders: bool = True
    ships: bool = False
    combines: bool = False


class MerchantClients(Mapping[str, PayClient]):
    """`environment`: the accounts of the configuration, by key.

    `version`: of the newest row of the database that is in here.
    """

    def __init__(
        self, make: MakeClient, environment: Mapping[str, MerchantAccount] | None = None
    ) -> None:
        self._make = make
        self.environment: Final = dict(environment or {})
        self.version = 0
        self._in_use = {key: InUse(make(one)) for key, one in self.environment.items()}
        self._replaced: list[PayClient] = []

    def __getitem__(self, key: str) -> PayClient:
        return self._in_use[key].client

    def __iter__(self) -> Iterator[str]:
        return iter([*self._in_use])  # others may come while somebody waits between two

    def __len__(self) -> int:
        return len(self._in_use)

    def takes_orders(self, key: str) -> bool:
        """Tell whether new orders may be made with an account."""
        return key in self._in_use and self._in_use[key].takes_orders

    def ships(self, key: str) -> bool:
        """Tell whether WeChat is told of each payment what was paid for."""
        return key in self._in_use and self._in_use[key].ships

    def combines(self, key: str) -> bool:
        """Tell whether new combined orders may pay an account."""
        return self.takes_orders(key) and self._in_use[key].combines

    def put(
        self,
        account: MerchantAccount,
        earlier: Earlier | None = None,
        *,
        takes_orders: bool = True,
        ships: bool = False,
        combines: bool = False,
    ) -> None:
        """Use an account from now on. Raises AccountError for unusable keys.

        The client before it lives on: somebody may be waiting for its answer.
        """
        made = self._make(account, earlier)
        self.drop(account.key)
        self._in_use[account.key] = InUse(made, takes_orders, ships, combines)

    def drop(self, key: str) -> None:
        """Use an account no more."""
        if key in self._in_use:
            self._replaced.append(self._in_use.pop(key).client)

    def close(self) -> None:
        for client in (*self._replaced, *self.values()):
            client.close()
