"""Problems of a row or a file: the severity and the sentence people read."""

from typing import Final, Self

from services.register.sheet.models import Code, Column, Refusal, RowProblem, Severity

C = Code
NO_COLUMN: Final = Column("", "")  # the whole row is meant
ERRORS: Final[dict[Code, str]] = {
    C.HOME_MISSING: "没有房号",
    C.BUILDING_MISSING: "没有楼栋,上面的行也没有",
    C.CELL_IS_DATE: "被 Excel 变成了日期,请把单元格改成文本后重新填写",
    C.NAME_TOO_LONG: "编号太长",
    C.AREA_UNREADABLE: "面积看不懂,请只填数字,如 85.3",
    C.AREA_IMPOSSIBLE: "面积必须大于 0",
    C.DUPLICATE_DIFFERENT: "与{earlier}是同一户,但内容不同,请只留一行",
    C.SAME_SEGMENT: "“{name}”与“{other}”会成为同一个编号,请改其中一个",
    C.RELATION_UNKNOWN: "关系看不懂,请填 业主、共有人、家属 或 租户",
    C.OWNER_TOO_LONG: "姓名太长",
    C.CELL_ERROR: "单元格里是公式错误(如 #N/A),请改成要填的内容",
    C.HOME_UNREADABLE: "房号看不懂,请只写门牌上的号码,如 502",
    C.PLACE_CONTRADICTS: "这里写的楼栋或单元与“{name}”不一样,请核对",
    C.BUILDING_UNCLEAR: "说不准是哪一栋,请在这一行写明楼栋",
    C.UNIT_UNCLEAR: "说不准是哪个单元,请在这一行写明单元",
    C.HOME_SEVERAL: "一格里有几个房号,请每户写一行;打通成一户的只写一个",
    C.HOME_RENAMED: "这个房号已更正为“{other}”,请按新房号填写",
    C.HOME_RETIRED: "这一户已经注销,如确有此房请先恢复",
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
    C.DUPLICATE_SAME: "与{earlier}重复,只登记一次",
    C.FILLED_DOWN: "空着,按上一行的“{name}”登记",
    C.ROW_SKIPPED: "这一行不像一户,已跳过",
    C.HOME_DIFFERS: "这一户已经登记过,{what}与表里不同,{then}",
    C.SECTION_ROW: "这一行当作标题,下面没写的都按“{name}”登记",
    C.BUILDING_FROM_TITLE: "表里没写楼栋,按标题里的“{name}”登记",
    C.BUILDING_FROM_SHEET: "表里没写楼栋,按工作表名里的“{name}”登记",
    C.BUILDING_FROM_HOME: "“{text}”按“{name}”登记,不分单元",
    C.UNIT_FROM_HOME: "“{text}”按“{name}”登记",
    C.NOTE_LEFT_OUT: "房号里的备注不登记,只按“{name}”登记",
    C.SAME_ROOM: "“{name}”与{earlier}的“{other}”按同一户登记",
    C.MAY_BE_SAME: "“{name}”与{earlier}的“{other}”可能是同一户;如果是,请只留一行",
    C.DUPLICATE_PHONE: "与{earlier}是同一户同一人,电话不同,只登记{earlier}写的",
    C.AREA_COMMA: "“{text}”按 {area} ㎡登记",
    C.AREA_MERGED: "面积合并在几户上,分不清各是多少,按没有面积登记",
    C.OWNER_MERGED: "合并的单元格,每一户都按它登记,请核对",
    C.SHEET_DIFFERS: "写的是“{name}”,工作表名或标题里是“{other}”,按“{name}”登记",
    C.HIDDEN_ROW: "这一行在表里是隐藏的,也会登记;不要的请删掉",
    C.HIDDEN_COLUMN: "这一列在表里是隐藏的,也会登记;不要的请删掉",
    C.HIDDEN_SHEET: "工作表“{name}”是隐藏的,没有读",
    C.SHEET_SKIPPED: "工作表“{name}”里没有表头,没有读",
    C.SHEETS_JOINED: "几张工作表都读了:{names}",
    C.BUILDING_UNUSUAL: "“{name}”按单独一栋登记;如果就是“{other}”,请改成一样的写法",
    C.PHONE_SHARED: "这个电话写给了好几个不同的人,请核对;本人以外的请删掉",
}
MESSAGES: Final = {**ERRORS, **WARNINGS}


# What is read but not written in a row, as the counts of a building name it.
INFERRED: Final[dict[Code, str]] = {
    C.FILLED_DOWN: "楼栋或单元按上一行",
    C.SECTION_ROW: "楼栋或单元按标题行",
    C.BUILDING_FROM_TITLE: "楼栋按表的标题",
    C.BUILDING_FROM_SHEET: "楼栋按工作表名",
    C.BUILDING_FROM_HOME: "楼栋按房号前面的数",
    C.UNIT_FROM_HOME: "单元按房号前面的数",
    C.NOTE_LEFT_OUT: "去掉了房号里的备注",
    C.SAME_ROOM: "两种写法按同一户",
    C.DUPLICATE_PHONE: "重复行的电话没有登记",
    C.AREA_COMMA: "面积里的逗号按小数点",
    C.AREA_MERGED: "合并的面积没有登记",
    C.OWNER_MERGED: "合并的住户每户都登记",
    C.OWNERS_BY_SPACE: "空格隔开的姓名按两个人",
    C.OWNER_NOTE: "去掉了姓名里的备注",
    C.USAGE_UNKNOWN: "看不懂的用途按住宅",
    C.HIDDEN_ROW: "隐藏的行也登记",
}


def problem(
    code: Code, sheet: tuple[int, str], row: int, column: Column = NO_COLUMN, **words: object
) -> RowProblem:
    """Problem of a row (counted from 1), its sentence filled with `words`.

    `sheet`: number and name of the sheet.
    """
    return RowProblem(
        row=row,
        column=column.letter,
        heading=column.heading,
        sheet=sheet[1],
        sheet_number=sheet[0],
        code=code,
        severity=Severity.ERROR if code in ERRORS else Severity.WARNING,
        message=MESSAGES[code].format(**words),
    )


# Why a whole file was refused. The codes are also those of the HTTP answer to an upload.
REFUSALS: Final = {
    "register_empty": "文件是空的",
    "register_not_xlsx": "这不是 .xlsx 文件,请用模板填写,或在 Excel 里另存为 .xlsx",
    "register_old_xls": "这是旧版 .xls 文件,请在 Excel 里另存为 .xlsx",
    "register_encrypted": "文件设了密码,请去掉密码后再上传",
    "register_broken": "文件已损坏,打不开,请在 Excel 里重新保存后再上传",
    "register_unpacks_too_large": "文件解压后太大,请只保留登记表,删去图片和多余的行列",
    "register_too_many_rows": "行数太多,一次最多 {rows} 行,请分成几个文件",
    "register_no_headings": "没有找到表头,请在一行里写上 楼栋、单元、房号、面积 等列名",
    "register_several_sheets": "登记表有 {count} 张工作表,一次最多 {most} 张,请分成几个文件",
    "register_hidden_sheets": "登记表在隐藏的工作表里({names}),请取消隐藏后再上传",
    "register_no_rows": "表头下面没有内容",
    "register_too_complex": "文件内容太复杂,读不了,请把登记表复制到新文件里再上传",
    "register_expired": "文件放得太久,已删除,请重新上传",
}


class Refused(Exception):
    """Refusal of a file that cannot be read as a whole."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal

    @classmethod
    def because(cls, code: str, **words: object) -> Self:
        """Return the exception for a code of REFUSALS, its sentence filled with `words`."""
        return cls(Refusal(code, REFUSALS[code].format(**words)))
