"""Messages that people allowed, waiting to be sent by a worker."""

from typing import Any, Final

from bench.speed.within import names, offices
from bench.speed.within.site import Site
from services.messaging import actions as messaging

TEMPLATE: Final = "payment_received"
VALUES: Final = {
    "payee": "新城社区居委会",
    "amount": "245.50",
    "paid_at": "2026-11-26T08:00:00+00:00",
    "number": "20261126-4T9K2MXA7Q",
}


async def write(site: Site, *, openids: list[str], key: str) -> None:
    """Send each of these people one message, with a grant of theirs."""
    deps, now = site.deps, site.deps.now()
    models = names.module("services.messaging.models")
    template_id = deps.templates[TEMPLATE]
    for openid in openids:
        grant: dict[str, Any] = {"left": 1}
        if hasattr(models, "digest"):  # whose grants they are was not kept before
            grant["who"] = models.digest(openid)
        grant_key = {"_id": models.grant_id(openid, template_id)}
        await deps.db.message_grants.update_one(grant_key, {"$set": grant}, upsert=True)
        person = {"$setOnInsert": offices.person(openid, openid, now)}
        await deps.db.people.update_one({"_id": openid}, person, upsert=True)

        async def notify(tx: Any, person_id: str = openid) -> None:
            await messaging.notify(
                deps,
                tx,
                person_id=person_id,
                template=template_of(site),
                key=key,
                values=VALUES,
            )

        await deps.in_transaction(notify)


def template_of(site: Site) -> Any:
    """Return the template, which was a key before features registered them."""
    features = getattr(site.deps, "features", None)
    if features is None:
        return names.module("services.messaging.templates").TemplateKey(TEMPLATE)
    return features.templates[TEMPLATE]
