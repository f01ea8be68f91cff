"""Consents of people to published texts, needed before data is collected (PIPL art. 13 to 16).

Every new version of a text is asked for again. Signing in asks for none: a session cannot be
without the id WeChat gives a user, and nothing else is kept with it.
"""

from typing import Any, Final

from msgspec import Struct

from services.audit import actions as audit
from services.consents import policies, store
from services.consents.models import Consent, ConsentView, GiveConsent, PolicyView, Withdrawal
from services.consents.policies import Policy, PolicyKey
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor
from services.kernel.views import show
from services.people import actions as people

EXPLANATION: Final = (
    "已撤回。我们不再收集您新的信息:不能再绑定手机号、申请绑定房屋或接受邀请。"
    "已经办好的事、账目和已绑定的房屋不受影响;想全部删除,请注销账号。"
)


class ConsentNeededDetails(Struct, frozen=True, kw_only=True):
    """Text to show and to agree to first.

    `policy`: Text that needs agreement.
    `version`: Version of the text that is in force today.
    """

    policy: PolicyKey
    version: int


class ConsentNeeded(errors.Forbidden):
    """`policy`, `version` in details: the text to show and to agree to first."""

    code = "consent_needed"
    details_type = ConsentNeededDetails


class PolicyNotCurrentDetails(Struct, frozen=True, kw_only=True):
    """Text that replaced the one that was shown.

    `version`: Version of the text that is in force today.
    """

    version: int


class PolicyNotCurrent(errors.Conflict):
    """There is a newer text; `version` in details."""

    code = "policy_not_current"
    details_type = PolicyNotCurrentDetails


class ConsentNotGiven(errors.Conflict):
    code = "consent_not_given"


def published() -> Page[PolicyView]:
    """Return the current text of each policy, on one page: they are a handful."""
    return Page([*policies.CURRENT.values()]).map(
        lambda each: show(each, PolicyView, policy=each.key, text=each.text)
    )


async def check(
    deps: Dependencies, person_id: str, policy: PolicyKey = PolicyKey.PRIVACY
) -> None:
    """Raise ConsentNeeded early, before WeChat or another person is asked for anything.

    It does not replace `require` in the transaction that keeps the data.
    """
    _require_current(await people.consents_of(deps, person_id), policies.CURRENT[policy])


async def require(
    deps: Dependencies,
    tx: Transaction,
    person_id: str,
    policy: PolicyKey = PolicyKey.PRIVACY,
) -> None:
    """Lock the account in the transaction that keeps what a person tells of themself.

    Raises ConsentNeeded, or Unauthenticated when the account was closed a moment ago.
    """
    _require_current(await people.hold(deps, tx, person_id), policies.CURRENT[policy])


def _require_current(given: dict[str, int] | None, policy: Policy) -> None:
    if given is None:
        raise errors.Unauthenticated("这个账号已注销,请重新登录")
    if given.get(policy.key) != policy.version:
        raise ConsentNeeded(
            f"请先阅读并同意《{policy.title}》", policy=policy.key, version=policy.version
        )


async def give(deps: Dependencies, actor: Actor, request: GiveConsent) -> ConsentView:
    """Agree to the current text of a policy; agreed to before, it stays as it was given."""
    policy = policies.CURRENT[request.policy]
    if request.version != policy.version:
        raise PolicyNotCurrent("内容有更新,请重新阅读后同意", version=policy.version)
    key, version, person = policy.key, policy.version, actor.person_id

    async def save(tx: Transaction) -> Consent:
        await people.require_open(deps, tx, person)
        held = await store.find_given(deps.db, tx, person, key, version)
        consent = held or _draft(deps, actor, policy)
        if held is None:
            await store.insert(deps.db, tx, consent)
        await people.note_consent(deps, tx, person, key, version)
        facts: dict[str, Any] = {"policy": key, "version": version, "again": held is not None}
        await audit.record(deps, tx, actor, Act.CONSENT_GIVEN, subject=consent.id, **facts)
        return consent

    return view(await deps.in_transaction(save))


def _draft(deps: Dependencies, actor: Actor, policy: Policy) -> Consent:
    now = deps.now()
    return Consent(
        id=deps.new_id(),
        person=actor.person_id,
        policy=policy.key,
        version=policy.version,
        sha256=policy.sha256,
        given_at=now,
    )


async def withdraw(deps: Dependencies, actor: Actor, policy: PolicyKey) -> Withdrawal:
    """Agree no longer: nothing more is collected. Raises ConsentNotGiven.

    What a package keeps by this consent alone ends in the same transaction.
    """

    async def save(tx: Transaction) -> None:
        given = await people.hold(deps, tx, actor.person_id)
        if not given or policy not in given:
            raise ConsentNotGiven("您没有同意过,或已经撤回")
        await store.withdraw(deps.db, tx, actor.person_id, deps.now(), policy)
        await people.note_consent(deps, tx, actor.person_id, policy, None)
        if policy in deps.features.withdrawals:
            await deps.features.withdrawals[policy](deps, tx, actor.person_id)
        await audit.record(
            deps, tx, actor, Act.CONSENT_WITHDRAWN, policy=policy, version=given[policy]
        )

    await deps.in_transaction(save)
    return Withdrawal(policy=policy, withdrawn_at=deps.now(), explanation=EXPLANATION)


async def listing(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[ConsentView]:
    """Return the actor's own consents, the newest first."""
    return (await store.of_person(deps.db, actor.person_id, query)).map(view)


def view(consent: Consent) -> ConsentView:
    return ConsentView(
        consent_id=consent.id,
        policy=consent.policy,
        version=consent.version,
        sha256=consent.sha256,
        given_at=consent.given_at,
        withdrawn_at=consent.withdrawn_at,
    )
