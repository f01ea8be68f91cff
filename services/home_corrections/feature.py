"""Registration of corrections of homes."""

from typing import Final

from services.home_corrections import actions, privacy
from services.home_corrections.models import CorrectionsQuery, HomeCorrectionView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

CORRECTIONS: Final = List(
    name="home_corrections",
    needs=Permission.IMPORT_REGISTER,
    title="房屋更正记录",
    query=CorrectionsQuery,
    read=actions.listing,
    columns=columns(
        HomeCorrectionView,
        address="房屋",
        change="更正",
        from_day="生效日期",
        before__name="原房号",
        after__name="现房号",
        before__area="原面积(㎡)",
        after__area="现面积(㎡)",
        before__usage="原用途",
        after__usage="现用途",
        document="凭证",
        reason="原因",
        at="登记时间",
    ),
)

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, lists=(CORRECTIONS,))
