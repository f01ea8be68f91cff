"""Disclosure: consent of who sold a home that its new owners see what they still owe of it.

Nobody else may let them see it (民法典 art. 944, PIPL art. 13 and 15): consent is taken back as
easily as it is given, and counts on the next request.
"""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor
from services.ownership.models import Disclose
from services.places import actions as places
from services.residencies import owners


async def disclose(deps: Dependencies, actor: Actor, home: str, wish: Disclose) -> None:
    """Let later owners of a home see what the actor owes of it, or no longer.

    Raises NotFound for who never owned it.
    """
    act = Act.DEBTS_DISCLOSED if wish.disclosed else Act.DEBTS_HIDDEN

    async def save(tx: Transaction) -> None:
        await places.hold(deps, tx, home)
        own = await owners.disclose(deps, tx, actor.person_id, home, disclosed=wish.disclosed)
        if not own:
            raise NotFound("没有找到这套房屋")
        await audit.record(deps, tx, actor, act, place=home, subject=own[0].id)

    await deps.in_transaction(save)
