"""Rows about firms' merchant accounts, which are no person's and no place's."""

from typing import Final

import msgspec
import pytest

from handlers.merchants import EXAMPLE as PROPOSED
from mongo_indexes import merchant_changes, merchants
from services.merchant_changes.models import Change, ChangeKind
from services.merchants.models import Merchant, Mode
from tests.build.merchants import keys_of
from tests.matrix.posts import HOMES
from tests.matrix.row import Row
from tests.matrix.rules import citywide
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

WHOLE_SYSTEM = "an installation is one city's: its merchants' accounts and books are one"


async def unchanged_merchant(scene: Scene) -> str:
    """A merchant account that no change waits for."""
    number = scene.number
    made = Merchant(
        id=f"m{number}",
        name="物业",
        mode=Mode.DIRECT,
        mchid=f"18{number:08d}",
        appid="wx1",
        serial="A" * 16,
        keys="k1.sealed",
        version=number,
        changed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(merchants.COLLECTION, made)


async def merchant_change(scene: Scene) -> str:
    """A change of a merchant account that somebody else proposed, refused by who decides."""
    made = Change(
        id=scene.town.new_id(),
        account=f"a{scene.number}",
        kind=ChangeKind.SWITCH_OFF,
        reason="停用",
        proposed_by=scene.town.new_id(),
        proposed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(merchant_changes.COLLECTION, made)


FURNITURE: Final[Furniture] = ((merchant_change, tuple(HOMES)),)
ROWS = (
    Row("get", "/api/v1/merchants", citywide(), beyond=WHOLE_SYSTEM, bare="accounts of firms"),
    Row(
        "post",
        "/api/v1/merchants",
        citywide(),
        body=lambda scene, _: {
            **msgspec.to_builtins(PROPOSED),
            "keys": keys_of(scene.town.world.deps.merchants["firm"].account),
            "account": f"b{scene.number}",
            "mchid": f"19{scene.number:08d}",
        },
        beyond=WHOLE_SYSTEM,
    ),
    Row(
        "post",
        "/api/v1/merchants/{account}/changes",
        citywide(),
        makes=unchanged_merchant,
        body={"kind": "ship", "reason": "开启"},
        beyond=WHOLE_SYSTEM,
    ),
    Row(
        "get",
        "/api/v1/merchant-changes",
        citywide(),
        beyond=WHOLE_SYSTEM,
        bare="accounts of firms",
    ),
    Row(
        "post",
        "/api/v1/merchant-changes/{change_id}/decision",
        citywide(),
        makes=merchant_change,
        body={"approve": False, "reason": "不需要"},
        beyond=WHOLE_SYSTEM,
    ),
    Row(
        "get",
        "/api/v1/merchant-probes",
        citywide(),
        beyond=WHOLE_SYSTEM,
        bare="accounts of firms",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
