"""Reachability of a place: how many of its homes a message would reach in WeChat."""

from msgspec import Struct

from services.kernel.templates import Purpose
from services.messaging.models import TemplateKey
from services.statistics.models import Rate


class TemplateReach(Struct, kw_only=True):
    """Homes that one template reaches.

    `template`: What its messages are about.
    `title`: What its messages are about, in Chinese.
    `purpose`: What it is for: it decides which grants it may spend.
    `homes`: Homes of which somebody has a grant that it may spend, of all homes there.
    `homes_by_service`: Those of the others of which somebody follows the linked service
    account, of all homes there; none where the account has no template for it.
    """

    template: TemplateKey
    title: str
    purpose: Purpose
    homes: Rate
    homes_by_service: Rate


class ReachabilityView(Struct, kw_only=True):
    """Reachability of a place through WeChat. The inbox reaches whoever is bound to a home.

    `place`: Path of the place.
    `homes`: Homes there that are not retired.
    `templates`: One entry for each message to residents that this installation has a template
    for; null where it would tell of
    fewer than five homes to somebody who may not see them.
    """

    place: str
    homes: int
    templates: list[TemplateReach] | None
