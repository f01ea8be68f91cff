"""Personal data of invitations into homes, and its erasure."""

from typing import Final

from mongo_indexes import home_invitations
from services.dependencies import Dependencies, Transaction
from services.invitations import store
from services.invitations.models import NAME
from services.invitations.states import InvitationState
from services.kernel import personal_data, steps
from services.kernel.personal_data import REGISTER, Fate, Holding
from services.residencies import privacy as residencies_privacy
from services.residencies.models import Relation

INVITATIONS: Final = Holding(
    collection=home_invitations.COLLECTION,
    fate=Fate.BLANKED,
    title="发出的邀请",
    person="person",
    shows={
        "home": "房屋",
        "relation": "关系",
        "state": "状态",
        "created_at": "时间",
        "expires_at": "有效期至",
        "used_at": "接受时间",
    },
    words={"relation": Relation, "state": InvitationState},
    sealed={"name_sealed": NAME},  # the guest's, not the host's
    law=REGISTER,
)
HOLDINGS: Final = (INVITATIONS,)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Revoke what a person sent and somebody could still accept."""
    await store.revoke_of(deps.db, tx, person_id, deps.now())


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase the names in what a person sent and accepted, and blank what came of it."""
    found = await store.named_of(deps.db, tx, person_id)
    gone = {each: NAME.seal(deps.vault, each, personal_data.GONE) for each in found}
    await store.blank(deps.db, tx, gone)
    brought = [f"invitation:{each}" for each, was_used in found.items() if was_used]
    await residencies_privacy.blank_left(deps, tx, brought)
    return len(found) == steps.AT_ONCE
