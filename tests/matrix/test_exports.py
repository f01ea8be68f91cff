"""Rows about exports: whoever may read a list may take it along, each their own files."""

import msgspec
import pytest

from mongo_indexes import exports
from services.exports import files
from services.exports.actions import LINK
from services.exports.lists import PREFIX
from services.exports.models import KEPT, Export
from services.kernel.permissions import Permission
from services.kernel.tables import XLSX
from tests.matrix.posts import Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, decided, everyone, mine, public
from tests.matrix.town import Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


def operates(post: Post, _: str) -> Outcome:
    """The list that is asked for decides: this one is of the whole city."""
    held = post.places(Permission.OPERATE)
    return Outcome.ALLOWED if any("." not in place for place in held) else Outcome.FORBIDDEN


async def export(scene: Scene) -> str:
    deps = scene.town.world.deps
    made = Export(
        id=scene.town.new_id(),
        person=scene.owner.person_id,
        kind=f"{PREFIX}refunds",
        title="退款",
        filename="退款.xlsx",
        content_type=XLSX,
        created_at=deps.now(),
        expires_at=deps.now() + KEPT,
    )
    return await scene.town.insert(exports.COLLECTION, made)


async def written(scene: Scene) -> str:
    deps, export_id = scene.town.world.deps, await export(scene)
    row = await scene.town.world.db[exports.COLLECTION].find_one({"_id": export_id})
    writer = files.Writer(deps, msgspec.convert(row, Export))
    await writer.write(b"PK")
    await writer.finish(rows=0, complete=True)
    return export_id


def signature(scene: Scene, export_id: str) -> dict[str, str]:
    deps = scene.town.world.deps
    url, _ = LINK.sign(deps.vault, export_id, deps.now())
    return dict(pair.split("=") for pair in url.partition("?")[2].split("&"))


ROWS = (
    Row("get", "/api/v1/export-lists", everyone(), bare="names of lists and columns"),
    Row("get", "/api/v1/exports", everyone(), bare="how far one's files are"),
    Row(
        "post",
        "/api/v1/exports",
        decided(operates, "each list says itself who may read it"),
        body={"list": "refunds"},
        bare="how far a file is",
    ),
    Row(
        "get",
        "/api/v1/exports/{export_id}",
        mine(),
        makes=export,
        bare="how far a file is",
    ),
    Row(
        "get",
        "/exports/{export_id}",
        public(),
        makes=written,
        query=signature,
        bare="a file; its address is the permission",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
