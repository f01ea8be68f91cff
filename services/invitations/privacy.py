"""Personal data of invitations into homes, and its erasure."""

from typing import Final

from mongo_indexes import home_invitations
from services.dependencies import Dependencies, Transaction
from services.invitations import store
from services.invitations.models import NAME
from services.invitations.states import InvitationState
from services.kernel import personal_data
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


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Erase the names in what a person sent and accepted; revoke what is open.

    Called before the account is erased: what the person accepted is found by the residencies
    that are bound to the account.
    """
    mine = await residencies_privacy.own_sources(deps, tx, person_id)
    accepted = [source.partition(":")[2] for source in mine if source.startswith("invitation:")]
    for invitation in await store.of_person(deps.db, tx, person_id, accepted):
        gone = NAME.seal(deps.vault, invitation.id, personal_data.GONE)
        await store.blank(deps.db, tx, invitation, gone)
