"""Registration of places."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns
from services.places import actions, grids, measures, privacy
from services.places.models import GridsQuery, GridView, PlacesQuery, PlaceView


def _buildings(grid: GridView) -> list[str]:
    return [building.address for building in grid.buildings]


PLACES: Final = List(
    name="places",
    needs=Permission.VIEW_PLACES,
    title="房屋和地点",
    query=PlacesQuery,
    read=actions.listing,
    columns=columns(
        PlaceView,
        path="编号",
        kind="类别",
        name="名称",
        address="地址",
        area="面积(㎡)",
        usage="用途",
        retired_from="注销日期",
        contact__phone="联系电话",
        contact__hours="接听时间",
        created_at="登记时间",
    ),
)
GRIDS: Final = List(
    name="grids",
    needs=Permission.VIEW_PLACES,
    title="网格",
    query=GridsQuery,
    read=grids.listing,
    columns=(
        *columns(GridView, path="编号", name="名称"),
        Column("buildings", "楼栋", _buildings),
        Column("buildings", "楼栋数", lambda grid: len(grid.buildings), "number"),
        *columns(GridView, created_at="登记时间"),
    ),
)

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    measures=measures.MEASURES,
    sums=(measures.SOURCE,),
    lists=(PLACES, GRIDS),
)
