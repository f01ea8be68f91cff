"""Messages to the people of a home. No message names anybody."""

from collections.abc import Iterable
from enum import StrEnum

from services.dependencies import Dependencies, Transaction
from services.places.doors import shown_address
from services.places.models import Place
from services.residencies import notify


class News(StrEnum):
    """News about a home, as its people read it."""

    CLAIMED = "有人申请登记为业主,社区会核实"
    SHARED = "社区登记了一位共有人"
    SOLD = "业主已变更"
    ENDED = "您与房屋的绑定有变动"
    JOINED = "有人接受了您的邀请"
    MERGED = "房屋登记已合并,请查看"


async def news(
    deps: Dependencies,
    tx: Transaction,
    home: Place,
    people: Iterable[str | None],
    *,
    what: News,
    key: str,
) -> None:
    """Notify people of a home of what happened to it; each once for one `key`."""
    for person in sorted({person for person in people if person}):
        named = f"{key}:{what.name}"
        await notify.notify_of_home(
            deps, tx, person, address=shown_address(home), news=what, key=named
        )
