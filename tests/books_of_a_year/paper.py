"""The year's paper: what all the months come to, added up by hand from their docstrings."""

from tests.books_of_a_year.year import LI, QIAN_HOME, SUN, WANG, WU_HOME, ZHAO
from tests.build.cast import COMPOUND, OTHER_COMPOUND

# Home → fee → owed before, billed, paid, given back, void, corrected, owed at the end.
STATEMENTS = {
    LI: {
        # billed 2 × 51.18 + 53.82 + 6 × 56.30 (April to September) + 168.89 = 662.87
        # paid 102.36 + 20.00 + 33.82 + 10.00 + 53.30 + 56.30 = 275.78, in November 60.00 and
        # 30.00, in December 52.60: 418.38
        # back 10.00 + 53.30 + 56.30 = 119.60; a credit of 3.00
        # owed: April 53.30, May 56.30, August 26.30, September 56.30, the quarter 168.89
        "property_fee": (0, 66_287, 41_838, 11_960, 0, -300, 36_109),
        "waste_fee": (0, 6_000, 0, 0, 0, 0, 6_000),  # four quarters
        "metered_fee": (0, 9_800, 0, 0, 0, 0, 9_800),
        "shared_cost": (0, 4_754, 0, 0, 0, 0, 4_754),
        "service_fee": (0, 2 * 5_871, 5_871, 0, 0, 0, 5_871),
        "late_fee": (0, 792, 792, 0, 0, 0, 0),
    },
    WANG: {
        # Wang: billed 36.00 + 36.00 + 37.86 + 39.60 + 12.77 = 162.23; paid 109.86
        # the buyer: billed 26.83 + 4 × 39.60 + 118.80 = 304.03; paid all of it
        # 12.77 written off; owed: Wang's April 39.60
        "property_fee": (0, 46_626, 41_389, 0, 0, -1_277, 3_960),
        "waste_fee": (0, 6_000, 1_500, 0, 0, 0, 4_500),
        "shared_cost": (0, 3_344, 0, 0, 0, 0, 3_344),
        "service_fee": (0, 2 * 4_129 + 900, 0, 0, 0, 0, 9_158),
        "late_fee": (0, 154, 0, 0, 0, -100, 54),
    },
    SUN: {
        # billed 2 × 42.00 + 44.10 + 3 × 46.20 (April to June) + 2 × 32.34 + 46.20 + 138.60
        # = 516.18; paid 42.00 + 42.00 + 44.10 + 56.20 + 138.60 = 322.90; back 138.60
        # void 46.20; a debit of 10.00; owed: 46.20 + 2 × 32.34 + 46.20 + 138.60
        "property_fee": (0, 51_618, 32_290, 13_860, 4_620, 1_000, 29_568),
        "waste_fee": (0, 3_000, 3_000, 0, 0, 0, 0),
        "shared_cost": (0, 3_902, 0, 0, 0, 0, 3_902),
        "service_fee": (0, 1_050, 1_050, 0, 0, 0, 0),
    },
    ZHAO: {
        "property_fee": (0, 34_020 + 35_640, 34_020 + 35_640, 0, 0, 0, 0),
        "waste_fee": (0, 7_200, 0, 0, 0, 0, 7_200),
    },
    QIAN_HOME: {
        # owed: 9.00 of the second quarter, the third and the fourth
        "property_fee": (0, 9_000 + 3 * 9_900, 9_000 + 9_900, 900, 0, 0, 20_700),
        "waste_fee": (0, 3_600, 3_600, 0, 0, 0, 0),
    },
    WU_HOME: {
        "property_fee": (0, 28_800, 0, 0, 0, 0, 28_800),
        "waste_fee": (0, 3_600, 3_600, 0, 0, 0, 0),
    },
}

# Month → billed, by WeChat, in cash, by transfer, by card, given back, void, other, owed then:
# the property fee of 春光小区. A credit note is void; a debit note is billed; a write-off and
# what a prepayment pays are other.
PROPERTY_OF_ONE = {
    "2026-01": (12_918, 7_800, 0, 0, 0, 0, 0, 0, 5_118),
    "2026-02": (12_918, 14_436, 3_600, 0, 0, 0, 0, 0, 0),
    "2026-03": (13_578, 2_000, 0, 0, 0, 1_000, 0, 0, 12_578),
    "2026-04": (14_210, 5_410, 0, 3_786, 3_382, 0, 0, 0, 14_210),
    "2026-05": (14_210, 0, 0, 0, 0, 0, 4_620, 0, 23_800),
    "2026-06": (15_210, 6_643, 0, 0, 0, 0, 300, -1_277, 30_790),
    "2026-07": (12_824, 0, 0, 5_620, 0, 0, 0, -3_960, 34_034),
    "2026-08": (12_824, 0, 0, 0, 0, 0, 0, -3_960, 42_898),
    "2026-09": (14_210, 0, 5_330, 0, 0, 5_330, 0, -3_960, 53_148),
    "2026-10": (42_629, 19_490, 0, 0, 0, 19_490, 0, 0, 95_777),
    "2026-11": (0, 6_000, 3_000, 0, 0, 0, 0, 0, 86_777),
    "2026-12": (0, 5_260 + 11_880, 0, 0, 0, 0, 0, 0, 69_637),
    "合计": (165_531, 78_919, 11_930, 9_406, 3_382, 25_820, 4_920, -13_157, 69_637),
}
PROPERTY_OF_OTHER = {
    "2026-01": (71_820, 34_020, 0, 0, 0, 0, 0, 0, 37_800),
    "2026-04": (9_900, 0, 9_000, 0, 0, 0, 0, 0, 38_700),
    "2026-07": (45_540, 0, 0, 0, 0, 0, 0, 0, 84_240),
    "2026-10": (9_900, 0, 0, 0, 0, 0, 0, 0, 94_140),
    "2026-11": (0, 0, 0, 9_900, 35_640, 900, 0, 0, 49_500),
    "2026-12": (0, 0, 0, 0, 0, 0, 0, 0, 49_500),
    "合计": (137_160, 34_020, 9_000, 9_900, 35_640, 900, 0, 0, 49_500),
}
# The same of agreed services and of late charges, of 春光小区.
SERVICES_OF_ONE = {
    "2026-11": (11_950, 0, 0, 0, 0, 0, 0, 0, 11_950),
    "2026-12": (10_000, 5_871, 1_050, 0, 0, 0, 0, 0, 15_029),
    "合计": (21_950, 5_871, 1_050, 0, 0, 0, 0, 0, 15_029),
}
LATE_OF_ONE = {
    "2026-12": (946, 792, 0, 0, 0, 0, 100, 0, 54),
    "合计": (946, 792, 0, 0, 0, 0, 100, 0, 54),
}
# Compound → fee → its rows.
SUMS = {
    COMPOUND: {
        "物业费": PROPERTY_OF_ONE,
        "增值服务费": SERVICES_OF_ONE,
        "违约金": LATE_OF_ONE,
    },
    OTHER_COMPOUND: {"物业费": PROPERTY_OF_OTHER},
}
# Account → debits, credits, balance at the end of the year, of 春光小区; persons left out.
BALANCES_OF_ONE = {
    # billed 1,645.31 + 10.00 + waste 150.00 + water 98.00 + lift 120.00 + services 219.50 +
    # late charges 9.46 = 2,252.27, and back 258.20; paid 775.00 − 0.03 = 774.97 of the
    # property fee (557.79 + 89.30 + 94.06 + 33.82) until October, then 60.00 + 30.00 + 52.60
    # + 118.80, 45.00 of waste, 58.71 + 10.50 of services and 7.92; void 49.20 + 1.00, written
    # off 12.77, from the prepayment 118.80: 1,340.27
    "应收账款": (251_047, 134_027, 117_020),
    "收入(物业费)": (4_920, 165_531, -160_611),
    "收入(生活垃圾处理费)": (0, 15_000, -15_000),
    "收入(计量费)": (0, 9_800, -9_800),
    "收入(公摊费)": (0, 12_000, -12_000),
    "收入(增值服务费)": (0, 21_950, -21_950),
    "收入(违约金)": (100, 946, -846),
    "收入(押金扣除)": (0, 35_000 + 10_000, -45_000),
    "坏账核销": (1_277, 0, 1_277),
    # 557.79, paid twice 10.00, paid for a void bill 46.20, in advance 118.80; then 60.00,
    # 52.60 + 58.71 + 7.92 and 2 × 118.80; back 10.00, 56.30, 138.60, 10.00, 46.20
    "货币资金(微信支付) firm": (114_962, 26_110, 88_852),
    "货币资金(微信支付) sanitation": (3_000, 0, 3_000),
    # 36.00, 53.30, 30.00, a deposit of 2,000.00 and 10.50; handed over 36.00 and 30.00
    "货币资金(现金) firm": (212_980, 3_600 + 5_330 + 3_000, 201_050),
    "货币资金(现金) sanitation": (1_500, 0, 1_500),
    "已上交现金 firm": (3_500 + 3_050, 0, 6_550),
    "现金长短款 firm": (100, 50, 50),
    # back: 1,650.00 of a deposit, 18.80 of a prepayment
    "货币资金(银行转账) firm": (9_406, 166_880, -157_474),
    "货币资金(POS 刷卡) firm": (3_382 + 10_000, 0, 13_382),
    "多收待退": (5_620, 5_620, 0),
    # 118.80 paid the summer's bills; of another 118.80 18.80 went back
    "预存款": (11_880 + 1_880, 11_880 + 11_880, -10_000),
    "其他应付款(待退预存款)": (1_880, 1_880, 0),
    "押金和保证金": (210_000, 210_000, 0),
}
# The same of 和平小区. Staff have one drawer for both: what left it here was taken there.
BALANCES_OF_OTHER = {
    # billed 1,371.60 + 144.00, back 9.00; paid 340.20 + 90.00 + 99.00 + 356.40 and 72.00
    "应收账款": (152_460, 95_760, 56_700),
    "收入(物业费)": (0, 137_160, -137_160),
    "收入(生活垃圾处理费)": (0, 14_400, -14_400),
    "货币资金(微信支付) firm": (34_020, 0, 34_020),
    "货币资金(现金) firm": (9_000 + 10_000, 10_000 + 50_000, -41_000),
    "货币资金(银行转账) firm": (9_900 + 50_000, 900, 59_000),
    "货币资金(银行转账) sanitation": (7_200, 0, 7_200),
    "货币资金(POS 刷卡) firm": (35_640, 0, 35_640),
    "预存款": (10_000, 10_000, 0),
    "其他应付款(待退预存款)": (10_000, 10_000, 0),
    "押金和保证金": (50_000, 50_000, 0),
}
BALANCES = {COMPOUND: BALANCES_OF_ONE, OTHER_COMPOUND: BALANCES_OF_OTHER}
# Class of accounts → debits less credits of the year, of both compounds.
LEDGER = {
    "receivable": 117_020 + 56_700,
    "income": -(160_611 + 15_000 + 9_800 + 12_000 + 21_950 + 846 + 45_000 + 137_160 + 14_400),
    "writeoff": 1_277,
    "wechat": 88_852 + 3_000 + 34_020,
    "cash": 201_050 + 1_500 - 41_000,
    "safe": 6_550,
    "cashdiff": 50,
    "bank": -157_474 + 59_000 + 7_200,
    "pos": 13_382 + 35_640,
    "overpaid": 0,
    "prepaid": -10_000,
    "payable": 0,
    "deposit": 0,
}
# Way → what went back that the books show: of 春光小区, and of the other one.
GIVEN_BACK = {
    COMPOUND: [
        *(("微信支付", each) for each in (1_000, 5_630, 13_860, 1_000, 4_620)),
        ("现金", 5_330),
        *(("银行转账", each) for each in (1_880, 165_000)),
    ],
    OTHER_COMPOUND: [("银行转账", 900), ("现金", 10_000), ("现金", 50_000)],
}
# What of receipts was reversed: by hand, in cash, by hand, in the console, by transfer.
REVERSED = [1_000, 5_330, 5_630, 13_860, 900]
# Month, place → homes that paid all of their property fee, of so many; fen, of so many.
RATES = {
    ("2026-03", "c07"): (3, 3, 13_578, 13_578),
    ("2026-03", "c07.b3.u1"): (1, 1, 4_410, 4_410),
    ("2026-03", "c07.b3.u2"): (2, 2, 9_168, 9_168),
    # with the first part Li paid 56.30; the buyer 39.60, Sun 46.20 and the debit note's 10.00
    ("2026-06", "c07"): (3, 3, 15_210, 15_210),
    ("2026-06", "c07.b3.u1"): (1, 1, 5_620, 5_620),
    ("2026-06", "c07.b3.u2"): (2, 2, 9_590, 9_590),
    # with the last part Li paid the rest of July; Sun owes 32.34
    ("2026-07", "c07"): (2, 3, 9_590, 12_824),
    # Li paid 30.00 of 56.30
    ("2026-08", "c07"): (1, 3, 6_960, 12_824),
    # Li paid and got it back; the console gave Sun's money back; the buyer paid
    ("2026-10", "c07"): (1, 3, 11_880, 42_629),
    # no rate counts services and late charges
    ("2026-12", "c07"): (0, 0, 0, 0),
    # a bill is of its first month: Zhao's and Qian's of January are paid, Wu's of March is not
    ("2026-01", "c08"): (2, 2, 43_020, 43_020),
    ("2026-03", "c08"): (0, 1, 0, 28_800),
    # 9.00 of Qian's 99.00 went back
    ("2026-04", "c08"): (0, 1, 9_000, 9_900),
    ("2026-07", "c08"): (1, 2, 35_640, 45_540),
}
