"""Quotas by WeChat user that outlive the account, for as long as the limit looks back.

A limit that counted the rows of an account ended with the account: whoever erased it and signed
in again began anew. What is kept is a keyed fingerprint and instants, and expires by itself
(PIPL art. 6: no longer and no more than the purpose needs).
"""

from services.dependencies import Dependencies, Transaction
from services.quotas import store
from services.quotas.models import SHARES, Count, Quota


async def take(deps: Dependencies, tx: Transaction, quota: Quota, who: str) -> bool:
    """Count one act in the transaction that does it; False, and nothing, for one too many.

    `who`: the keyed fingerprint of the WeChat user, people.actions.counted_as.
    """
    share, now = SHARES[quota], deps.now()
    count_id = f"{quota}:{who}"
    kept = await store.find(deps.db, tx, count_id)
    recent = [at for at in kept.at if at > now - share.within] if kept else []
    if len(recent) >= share.times:
        return False
    count = Count(id=count_id, at=[*recent, now], expires_at=now + share.within)
    await store.put(deps.db, tx, count)
    return True
