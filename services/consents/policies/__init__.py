"""Published policies that people agree to: each version is a file that never changes again.

The texts belong to consents, below whatever collects personal data, not to privacy at the top.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from services.kernel.days import Day
from services.kernel.labels import Labelled


class PolicyKey(Labelled):
    PRIVACY = "privacy", "隐私政策"
    PROOF = "proof", "证明材料告知"  # PIPL art. 29: sensitive data is agreed to separately
    CARE = "care", "户卡敏感信息告知"  # health, hardship, small children: also PIPL art. 29
    HARDSHIP = "hardship", "困难减免告知"  # certificates of hardship: also PIPL art. 29


class Altered(Exception):
    """A published text is not what people agreed to: publish a new version instead."""


class Policy(Struct, frozen=True, kw_only=True):
    key: PolicyKey
    version: int
    title: str
    from_day: Day
    sha256: str

    @property
    def text(self) -> str:
        """Return the text. Raises Altered when it is not the one that was published."""
        content = (Path(__file__).parent / f"{self.key}-{self.version}.md").read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise Altered(f"{self.key}-{self.version}")
        return content.decode()


# A new version goes to the end: everybody is asked again before more is collected.
PUBLISHED: Final = (
    Policy(
        key=PolicyKey.PRIVACY,
        version=1,
        title="个人信息处理规则",
        from_day="2026-01-01",
        sha256="9435b5f1b018f817f66bfaa054f9cdd6ad821d85ddabc8efbd8f62925b6b279c",
    ),
    Policy(
        key=PolicyKey.PROOF,
        version=1,
        title="证明材料单独同意书",
        from_day="2026-01-01",
        sha256="8afaa6f77771136a86803af255219f76e1d91d8ecb1131528050bc6d8e913a94",
    ),
    # Names what there is: version 1 promised repairs, which nobody could report yet.
    Policy(
        key=PolicyKey.PRIVACY,
        version=2,
        title="个人信息处理规则",
        from_day="2026-11-26",
        sha256="bae81ecaa8572f3f7b29a1b214cb2be21486e34a21e48c1b1852839f1e6f9526",
    ),
    Policy(
        key=PolicyKey.CARE,
        version=1,
        title="户卡敏感信息单独同意书",
        from_day="2026-11-26",
        sha256="d29e1e6d46903a74848ac92da39180846270c34fbaa98aeb420b30675bc9518e",
    ),
    # Names what people say and are asked since: repairs, feedback, mediation, visits and
    # household cards, surveys, tasks, calls; and that WeChat checks what neighbours are to see.
    Policy(
        key=PolicyKey.PRIVACY,
        version=3,
        title="个人信息处理规则",
        from_day="2026-11-26",
        sha256="20cb9ac8fe6e6102638e115a45f1804027bf923d9a4d8ab4d23ffc76e35ffa14",
    ),
    Policy(
        key=PolicyKey.HARDSHIP,
        version=1,
        title="困难减免敏感信息单独同意书",
        from_day="2026-11-27",
        sha256="5cab33c88ec84302dc80e11e9afce96ca470353d8be53cad426bd70d8804eb57",
    ),
)
CURRENT: Final[Mapping[PolicyKey, Policy]] = MappingProxyType({p.key: p for p in PUBLISHED})
