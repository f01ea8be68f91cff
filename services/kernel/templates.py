"""Message templates: the text in the inbox, and the cells of WeChat's template.

A package writes its own in `notify.py`, beside what tells people of them, and registers them
(`Feature.templates`). WeChat's keys (thing1, amount2) belong to the template of its public
library; the id of each template differs per mini-program and is configured (WX_TEMPLATES).
Source: subscribe-message/api_sendmessage; its limits are in services/wechat/template_values.py.
"""

from string import Formatter

from msgspec import Struct


class Template(Struct, frozen=True, kw_only=True):
    """`key`: its name in the API, in WX_TEMPLATES and in kept messages; never changed.

    `data`: WeChat's key → the name of one of our values. `page`: where a tap leads.
    """

    key: str
    title: str
    body: str
    page: str
    data: dict[str, str]

    @property
    def names(self) -> frozenset[str]:
        """Every value a message of this kind needs."""
        in_body = {name for _, name, _, _ in Formatter().parse(self.body) if name}
        return frozenset(in_body | set(self.data.values()))
