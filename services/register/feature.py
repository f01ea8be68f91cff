"""Registration of the import of registers."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.register import actions, jobs, privacy
from services.register.chunks import privacy as chunks_privacy
from services.register.models import (
    Difference,
    DifferencesQuery,
    ImportsQuery,
    ImportView,
    ProblemsQuery,
)
from services.register.sheet.models import RowProblem

IMPORTS: Final = List(
    name="register_imports",
    needs=Permission.IMPORT_REGISTER,
    title="房屋登记导入",
    query=ImportsQuery,
    read=actions.listing,
    columns=columns(
        ImportView,
        uploaded_at="上传时间",
        state="状态",
        counts__homes="房屋数",
        counts__new_homes="新房屋",
        counts__changed_homes="与登记不同",
        counts__corrected_homes="已更正",
        counts__people="人数",
        counts__errors="错误数",
        counts__warnings="提醒数",
        refusal__message="无法读取的原因",
        confirmed_at="确认时间",
    ),
)
PROBLEMS: Final = List(
    name="register_problems",
    needs=Permission.IMPORT_REGISTER,
    title="导入表的问题",
    query=ProblemsQuery,
    read=actions.problems,
    subject="import_id",
    place_of=actions.place_of,
    columns=columns(
        RowProblem,
        sheet="工作表",
        row="行",
        column="列",
        heading="列名",
        severity="级别",
        message="问题",
    ),
)
DIFFERENCES: Final = List(
    name="register_differences",
    needs=Permission.IMPORT_REGISTER,
    title="导入表与登记的不同",
    query=DifferencesQuery,
    read=actions.differences,
    subject="import_id",
    place_of=actions.place_of,
    columns=columns(
        Difference,
        address="房屋",
        sheet="工作表",
        row="行",
        before__area="登记面积(㎡)",
        after__area="表中面积(㎡)",
        before__usage="登记用途",
        after__usage="表中用途",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=dict.fromkeys(jobs.JOBS, Lane.LONG),
    holdings=(*privacy.HOLDINGS, *chunks_privacy.HOLDINGS),
    lists=(IMPORTS, PROBLEMS, DIFFERENCES),
)
