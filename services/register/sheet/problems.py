"""Problems of a row or a file: the severity and the sentence people read."""

from typing import Final, Self

from services.register.sheet.models import Code, Refusal, RowProblem, Severity

C = Code
ERRORS: Final[dict[Code, str]] = {
    C.HOME_MISSING: "没有房号",
    C.BUILDING_MISSING: "没有楼栋,上面的行也没有",
    C.CELL_IS_DATE: "被 Excel 变成了日期,请把单元格改成文本后重新填写",
    C.NAME_TOO_LONG: "编号太长",
    C.AREA_UNREADABLE: "面积看不懂,请只填数字,如 85.3",
    C.AREA_IMPOSSIBLE: "面积必须大于 0",
    C.DUPLICATE_DIFFERENT: "与第 {earlier} 行是同一户,但内容不同,请只留一行",
    C.SAME_SEGMENT: "“{name}”与“{other}”会成为同一个编号,请改其中一个",
    C.RELATION_UNKNOWN: "关系看不懂,请填 业主、共有人、家属 或 租户",
    C.OWNER_TOO_LONG: "姓名太长",
}
WARNINGS: Final[dict[Code, str]] = {
    C.AREA_MISSING: "没有面积,将不能按面积计费",
    C.AREA_COLUMN_MISSING: "表里没有面积这一列,所有房屋都将没有面积",
    C.AREA_LARGE: "面积超过 1000 ㎡,请核对",
    C.PHONE_UNREADABLE: "电话号码看不懂,这一户将不带这个电话导入",
    C.PHONE_LANDLINE: "座机会登记,但不能用来在微信里认领房屋",
    C.PHONE_EXTRA: "电话比人多,多出的电话不导入",
    C.PHONE_WITHOUT_OWNER: "有电话但没有姓名,电话不导入",
    C.OWNER_NOTE: "姓名里的备注或数字不导入",
    C.OWNERS_BY_SPACE: "姓名中间有空格,按两个人登记,请核对",
    C.USAGE_UNKNOWN: "用途看不懂,按住宅登记",
    C.DUPLICATE_SAME: "与第 {earlier} 行重复,只登记一次",
    C.FILLED_DOWN: "空着,按上一行的“{name}”登记",
    C.ROW_SKIPPED: "这一行不像一户,已跳过",
    C.HOME_DIFFERS: "这一户已经登记过,{what}与表里不同,本次不修改",
}
MESSAGES: Final = {**ERRORS, **WARNINGS}


def problem(
    code: Code, row: int, column: str = "", heading: str = "", **words: object
) -> RowProblem:
    return RowProblem(
        row=row,
        column=column,
        heading=heading,
        code=code,
        severity=Severity.ERROR if code in ERRORS else Severity.WARNING,
        message=MESSAGES[code].format(**words),
    )


# Why a whole file was refused. The codes are also those of the HTTP answer, where the file
# shows it at once.
REFUSALS: Final = {
    "register_empty": "文件是空的",
    "register_not_xlsx": "这不是 .xlsx 文件,请用模板填写,或在 Excel 里另存为 .xlsx",
    "register_old_xls": "这是旧版 .xls 文件,请在 Excel 里另存为 .xlsx",
    "register_encrypted": "文件设了密码,请去掉密码后再上传",
    "register_broken": "文件已损坏,打不开,请在 Excel 里重新保存后再上传",
    "register_unpacks_too_large": "文件解压后太大,请只保留登记表,删去图片和多余的行列",
    "register_too_many_rows": "行数太多,一次最多 {rows} 行,请分成几个文件",
    "register_no_headings": "没有找到表头,请在一行里写上 楼栋、单元、房号、面积 等列名",
    "register_several_sheets": "有几张工作表都像登记表({names}),请合成一张,或分成几个文件",
    "register_no_rows": "表头下面没有内容",
    "register_too_complex": "文件内容太复杂,读不了,请把登记表复制到新文件里再上传",
    "register_expired": "文件放得太久,已删除,请重新上传",
}


class Refused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal

    @classmethod
    def because(cls, code: str, **words: object) -> Self:
        return cls(Refusal(code, REFUSALS[code].format(**words)))
