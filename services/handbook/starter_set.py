"""Starter set of the handbook: what people of old compounds ask most, as data.

Codes are never changed: by them a set that is loaded again knows what is there.
"""

from typing import Final

from msgspec import Struct

from services.handbook.models import ArticleCategory, LegalSource
from services.kernel.permissions import Role

CIVIL_CODE: Final = "民法典"
REGULATION: Final = "物业管理条例"
FUND_RULES: Final = "住宅专项维修资金管理办法"
OWNERSHIP: Final = "最高人民法院建筑物区分所有权纠纷解释"
SERVICE: Final = "最高人民法院物业服务纠纷解释"
COMMITTEES: Final = "城市居民委员会组织法"
LIFTS: Final = "特种设备安全法"
FIRE: Final = "消防法"
ENVIRONMENT: Final = "生态环境法典"
PLAN: Final = "长春市老旧住宅区物业管理攻坚方案(长府办发〔2021〕12号)"


class Entry(Struct, frozen=True, kw_only=True):
    """Article of the set. `sources`: (law, article)."""

    code: str
    category: ArticleCategory
    title: str
    steps: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    answered_by: Role
    answered_text: str = ""

    @property
    def laws(self) -> list[LegalSource]:
        return [LegalSource(law=law, article=article) for law, article in self.sources]


C, R = ArticleCategory, Role
ENTRIES: Final = (
    Entry(
        code="property_fee",
        category=C.FEES,
        title="物业费怎么交,空着的房子要交吗",
        steps=(
            "在小程序“我的账单”里看清收费项目、标准和收款单位,直接缴",
            "房子空着或没用到服务,也要按约定交;服务不好可以另外投诉",
            "租户代交的,和业主约定好;租户没交的,业主也要负责",
            "看不懂账单,先问账单上的收款单位,或问物业收费员",
        ),
        sources=((CIVIL_CODE, "第九百四十四条第一款"), (REGULATION, "第四十一条")),
        answered_by=R.CASHIER,
    ),
    Entry(
        code="arrears",
        category=C.FEES,
        title="欠了物业费会怎样",
        steps=(
            "物业会先催告,给一段合理的时间",
            "业委会也会督促在期限内交",
            "到期还不交,物业可以起诉或申请仲裁",
            "不得用停电、停水、停暖、停气的办法催费,遇到请告诉社区",
            "一时有困难,和物业商量分次交,也可以请单元长帮忙转达",
        ),
        sources=((CIVIL_CODE, "第九百四十四条第二、三款"), (REGULATION, "第六十四条")),
        answered_by=R.COMMUNITY_STAFF,
    ),
    Entry(
        code="overcharged",
        category=C.FEES,
        title="觉得物业多收、乱收费怎么办",
        steps=(
            "对照公示的收费项目和标准,记下多收的那一项",
            "先请物业说明;擅自扩大范围、提高标准、重复收的,可以要求退",
            "说不通的,带上账单找社区",
        ),
        sources=((SERVICE, "第二条"), (REGULATION, "第四十条")),
        answered_by=R.COMMUNITY_STAFF,
    ),
    Entry(
        code="waste_fee",
        category=C.FEES,
        title="垃圾处理费是什么钱",
        steps=(
            "它只用于收集、运输和处理生活垃圾,不是物业费",
            "标准由政府制定并公布,在账单上单列",
            "有疑问先问账单上的收款单位",
        ),
        sources=((ENVIRONMENT, "第五百一十五条"),),
        answered_by=R.COMMUNITY_STAFF,
    ),
    Entry(
        code="noise",
        category=C.NEIGHBOURS,
        title="邻居噪声太大怎么办",
        steps=(
            "记下时间和声音从哪来",
            "先和气地说一次,或请单元长带话",
            "还是吵,请物业或业委会劝阻",
            "劝不住的,向有关部门反映,或在社区申请调解",
        ),
        sources=((CIVIL_CODE, "第二百八十六条"), (REGULATION, "第四十五条")),
        answered_by=R.UNIT_HEAD,
    ),
    Entry(
        code="upstairs_leak",
        category=C.REPAIRS,
        title="楼上漏水怎么办",
        steps=(
            "先敲门请楼上关水阀;没人在家,找物业或单元长联系",
            "挪开怕水的东西,关掉被淋湿处的电",
            "拍照、录像留证,记下时间",
            "在小程序报修,类别选“楼上漏水”",
            "查明是谁家的管道,由谁修、谁赔;谈不拢可以申请调解",
        ),
        sources=((CIVIL_CODE, "第二百七十二条"), (CIVIL_CODE, "第二百八十七条")),
        answered_by=R.DISPATCHER,
    ),
    Entry(
        code="fund_use",
        category=C.FUND,
        title="维修资金能修什么,怎么用",
        steps=(
            "只用于保修期满后的公共部位和公共设备,家里的维修不能用",
            "由物业或业主提出方案和预算",
            "专有面积和人数都有三分之二以上的业主参加表决",
            "参加表决的面积和人数都过半数同意,才能用",
            "该由开发商保修、专业单位维护、损坏的人赔、物业合同包含的,不能用它",
        ),
        sources=(
            (CIVIL_CODE, "第二百七十八条"),
            (CIVIL_CODE, "第二百八十一条"),
            (REGULATION, "第五十三条"),
            (FUND_RULES, "第二十五条"),
        ),
        answered_by=R.COMMUNITY_STAFF,
    ),
    Entry(
        code="emergency_fund",
        category=C.FUND,
        title="哪些维修可以走应急程序用维修资金",
        steps=(
            "屋面防水渗漏",
            "下水阻塞",
            "电梯故障",
            "外立面脱落",
            "由业主大会或业委会申请启动应急程序,先拍照留证",
            "别的维修走一般程序,要业主表决",
        ),
        sources=((PLAN, "第十五项"), (CIVIL_CODE, "第二百八十一条第二款")),
        answered_by=R.COMMUNITY_STAFF,
    ),
    Entry(
        code="danger",
        category=C.EMERGENCY,
        title="遇到危险先做什么",
        steps=(
            "人先离开,提醒邻居绕行",
            "着火打119,有人受伤打120,治安打110",
            "闻到燃气味:关阀、开窗、别碰电器,到屋外再打电话",
            "打火、漏电:先关总闸,别用手碰",
            "人安全以后在小程序报修,选“危险”,物业马上会收到",
        ),
        sources=((REGULATION, "第四十六条"), (REGULATION, "第五十五条")),
        answered_by=R.DISPATCHER,
    ),
    Entry(
        code="lift_trapped",
        category=C.ELEVATORS,
        title="电梯困人、停运怎么办",
        steps=(
            "被困时按报警按钮,别扒门,等人来救",
            "在外面看到有人被困,马上打物业电话并报修",
            "停运时请走楼梯,腿脚不便的请单元长帮忙",
            "共有的电梯,由受托管理的物业承担使用单位的责任",
        ),
        sources=((LIFTS, "第三十八条"), (CIVIL_CODE, "第九百四十二条")),
        answered_by=R.FIRM_MANAGER,
    ),
    Entry(
        code="committee_election",
        category=C.COMMITTEE,
        title="怎么成立业主大会、选业委会",
        steps=(
            "想成立,先找社区或街道",
            "成立和选举由街道、社区指导和协助",
            "专有面积和人数都有三分之二以上的业主参加表决",
            "参加表决的面积和人数都过半数同意,才算选上",
            "选出后30日内到区房产部门和街道备案",
        ),
        sources=(
            (CIVIL_CODE, "第二百七十七条"),
            (CIVIL_CODE, "第二百七十八条"),
            (REGULATION, "第十条"),
            (REGULATION, "第十六条"),
        ),
        answered_by=R.COMMUNITY_STAFF,
    ),
    Entry(
        code="decoration",
        category=C.DECORATION,
        title="装修前要办什么",
        steps=(
            "开工前先告诉物业,听清注意事项",
            "承重墙、外墙、燃气和消防设施不能动",
            "施工中配合物业现场检查",
            "垃圾装袋按指定地点放,别堵通道",
            "邻居受影响,先和邻居说好时间",
        ),
        sources=((CIVIL_CODE, "第九百四十五条"), (OWNERSHIP, "第十五条")),
        answered_by=R.FIRM_MANAGER,
    ),
    Entry(
        code="pets",
        category=C.PETS,
        title="养狗扰民、不牵绳怎么办",
        steps=(
            "自己养宠:遵守管理规约,牵好绳,清理粪便",
            "被打扰了,先和养宠人说,或请单元长转达",
            "违反规定饲养的,请业委会或物业要求改正",
            "还是不改,向有关部门反映",
        ),
        sources=((CIVIL_CODE, "第二百八十六条"),),
        answered_by=R.UNIT_HEAD,
    ),
    Entry(
        code="parking",
        category=C.PARKING,
        title="车位归谁,占道停车怎么办",
        steps=(
            "占用业主共有道路、场地的车位,归业主共有",
            "规划的车位、车库,先满足业主的需要",
            "任何人不能自己占地、装地锁",
            "车被挡,先联系车主;联系不上,找物业",
        ),
        sources=(
            (CIVIL_CODE, "第二百七十五条"),
            (CIVIL_CODE, "第二百七十六条"),
            (REGULATION, "第五十条"),
        ),
        answered_by=R.FIRM_MANAGER,
    ),
    Entry(
        code="fire_exits",
        category=C.FIRE,
        title="楼道堆物、消防通道被堵怎么办",
        steps=(
            "楼道和消防通道是大家的,不能堆东西、不能停车",
            "看到了先拍照,请物主搬走",
            "不搬的,在小程序报修,选“消防通道堵了”",
            "物业应当制止,并报告有关部门",
        ),
        sources=(
            (FIRE, "第十八条第二款"),
            (CIVIL_CODE, "第二百八十六条"),
            (CIVIL_CODE, "第九百四十二条"),
        ),
        answered_by=R.FIRM_MANAGER,
    ),
    Entry(
        code="mediation",
        category=C.NEIGHBOURS,
        title="邻里有矛盾,怎么申请调解",
        steps=(
            "先找单元长或楼栋长说清楚事情",
            "双方愿意的,请社区人民调解委员会调解",
            "带上照片、票据等材料",
            "谈成了写下来,双方签字;谈不成也可以走法律途径",
        ),
        sources=((COMMITTEES, "第九条"), (COMMITTEES, "第十条")),
        answered_by=R.COMMUNITY_STAFF,
        answered_text="社区人民调解委员会",
    ),
    Entry(
        code="common_income",
        category=C.OTHER,
        title="小区广告、停车的收入归谁",
        steps=(
            "利用公共部位得到的收入,扣除合理成本后归业主共有",
            "主要用来补充维修资金,也可以由业主大会决定用途",
            "收支应当定期公开,看不到可以要求物业或业委会公布",
        ),
        sources=(
            (CIVIL_CODE, "第二百八十二条"),
            (CIVIL_CODE, "第九百四十三条"),
            (REGULATION, "第五十四条"),
        ),
        answered_by=R.COMMITTEE_MEMBER,
    ),
)
