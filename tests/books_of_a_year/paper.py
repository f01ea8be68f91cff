"""The year's paper: what all the months come to, added up by hand from their docstrings."""

from tests.books_of_a_year.year import LI, QIAN_HOME, SUN, WANG, WU_HOME, ZHAO
from tests.build.cast import COMPOUND, OTHER_COMPOUND

# Home → fee → owed before, billed, paid, given back, void, corrected, owed at the end.
STATEMENTS = {
    LI: {
        # billed 2 × 51.18 + 53.82 + 6 × 56.30 (April to September) + 55.50 + 110.88 = 660.36
        # paid 102.36 + 20.00 + 33.82 + 10.00 + 53.30 + 56.30 = 275.78, in November 60.00 and
        # 30.00, in December 52.60: 418.38
        # back 10.00 + 53.30 + 56.30 = 119.60; a credit of 3.00
        # owed: April 53.30, May 56.30, August 26.30, September 56.30, the quarter 166.38
        "property_fee": (0, 66_036, 41_838, 11_960, 0, -300, 35_858),
        "waste_fee": (0, 6_000, 0, 0, 0, 0, 6_000),  # four quarters
        "metered_fee": (0, 9_800, 0, 0, 0, 0, 9_800),
        "shared_cost": (0, 4_754, 0, 0, 0, 0, 4_754),
        "service_fee": (0, 2 * 5_833, 5_833, 0, 0, 0, 5_833),
        "late_fee": (0, 709, 709, 0, 0, 0, 0),
    },
    WANG: {
        # Wang: billed 36.00 + 36.00 + 37.86 + 39.60 + 12.77 = 162.23; paid 109.86
        # the buyer: billed 26.83 + 4 × 39.60 + 118.80 = 304.03; paid all of it
        # 12.77 written off; owed: Wang's April 39.60
        "property_fee": (0, 46_626, 41_389, 0, 0, -1_277, 3_960),
        "waste_fee": (0, 6_000, 1_500, 0, 0, 0, 4_500),
        "shared_cost": (0, 3_344, 0, 0, 0, 0, 3_344),
        "service_fee": (0, 2 * 4_167 + 900, 0, 0, 0, 0, 9_234),
        "late_fee": (0, 95, 0, 0, 0, -50, 45),
    },
    SUN: {
        # billed 2 × 42.00 + 44.10 + 3 × 46.20 (April to June) + 2 × 32.34 + 42.64 + 126.72
        # = 500.74; paid 42.00 + 42.00 + 44.10 + 56.20 + 126.72 = 311.02; back 126.72
        # void 46.20; a debit of 10.00; owed: 46.20 + 2 × 32.34 + 42.64 + 126.72
        "property_fee": (0, 50_074, 31_102, 12_672, 4_620, 1_000, 28_024),
        "waste_fee": (0, 3_000, 3_000, 0, 0, 0, 0),
        "shared_cost": (0, 3_902, 0, 0, 0, 0, 3_902),
        "service_fee": (0, 960, 960, 0, 0, 0, 0),
    },
    ZHAO: {
        "property_fee": (0, 34_020 + 35_640, 34_020 + 35_640, 0, 0, 0, 0),
        "waste_fee": (0, 7_200, 0, 0, 0, 0, 7_200),
    },
    QIAN_HOME: {
        # Qian's 90.00 and 33.00; Xu's 66.00, 99.00, 33.00 and 63.36
        # owed: 9.00 of April, the third quarter and the fourth
        "property_fee": (0, 12_300 + 26_136, 9_000 + 9_900, 900, 0, 0, 20_436),
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
    "2026-09": (13_854, 0, 5_330, 0, 0, 5_330, 0, -3_960, 52_792),
    # Sun's 126.72 went back within the month, Li's 56.30 in the next one
    "2026-10": (41_190, 5_630 + 12_672, 0, 0, 0, 12_672, 0, 0, 88_352),
    "2026-11": (0, 6_000, 3_000, 0, 0, 5_630, 0, 0, 84_982),
    "2026-12": (0, 5_260 + 11_880, 0, 0, 0, 0, 0, 0, 67_842),
    "合计": (163_736, 77_731, 11_930, 9_406, 3_382, 24_632, 4_920, -13_157, 67_842),
}
PROPERTY_OF_OTHER = {
    "2026-01": (71_820, 34_020, 0, 0, 0, 0, 0, 0, 37_800),
    "2026-04": (9_900, 0, 9_000, 0, 0, 0, 0, 0, 38_700),
    "2026-07": (45_540, 0, 0, 0, 0, 0, 0, 0, 84_240),
    "2026-10": (9_636, 0, 0, 0, 0, 0, 0, 0, 93_876),
    "2026-11": (0, 0, 0, 9_900, 35_640, 900, 0, 0, 49_236),
    "2026-12": (0, 0, 0, 0, 0, 0, 0, 0, 49_236),
    "合计": (136_896, 34_020, 9_000, 9_900, 35_640, 900, 0, 0, 49_236),
}
# The same of agreed services and of late charges, of 春光小区.
SERVICES_OF_ONE = {
    "2026-11": (11_860, 0, 0, 0, 0, 0, 0, 0, 11_860),
    "2026-12": (10_000, 5_833, 960, 0, 0, 0, 0, 0, 15_067),
    "合计": (21_860, 5_833, 960, 0, 0, 0, 0, 0, 15_067),
}
LATE_OF_ONE = {
    "2026-12": (804, 709, 0, 0, 0, 0, 50, 0, 45),
    "合计": (804, 709, 0, 0, 0, 0, 50, 0, 45),
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
    # billed 1,627.36 + 10.00 + waste 150.00 + water 98.00 + lift 120.00 + services 218.60 +
    # late charges 8.04 = 2,232.00, and back 246.32; paid 763.09 of the property fee
    # (545.91 + 89.30 + 94.06 + 33.82) until October, then 60.00 + 30.00 + 52.60 + 118.80,
    # 45.00 of waste, 58.33 + 9.60 of services and 7.09; void 49.20 + 0.50, written off 12.77,
    # from the prepayment 118.80: 1,325.78
    "应收账款": (247_832, 132_578, 115_254),
    "收入(物业费)": (4_920, 163_736, -158_816),
    "收入(生活垃圾处理费)": (0, 15_000, -15_000),
    "收入(计量费)": (0, 9_800, -9_800),
    "收入(公摊费)": (0, 12_000, -12_000),
    "收入(增值服务费)": (0, 21_860, -21_860),
    "收入(违约金)": (50, 804, -754),
    "收入(押金扣除)": (0, 35_000 + 10_000, -45_000),
    "坏账核销": (1_277, 0, 1_277),
    # 545.91, paid twice 36.00 + 10.00, paid for a void bill 46.20, in advance 118.80; then
    # 60.00, 52.60 + 58.33 + 7.09 and 2 × 118.80; back 36.00, 10.00, 10.00, 46.20, 126.72, 56.30
    "货币资金(微信支付) firm": (117_253, 28_522, 88_731),
    "货币资金(微信支付) sanitation": (3_000, 0, 3_000),
    # 36.00, 53.30, 30.00, deposits of 2,000.00 and 50.00, and 9.60; handed over 36.00 and 30.00
    "货币资金(现金) firm": (217_890, 3_600 + 5_330 + 3_000, 205_960),
    "货币资金(现金) sanitation": (1_500, 0, 1_500),
    "已上交现金 firm": (3_500 + 3_050, 0, 6_550),
    "现金长短款 firm": (100, 50, 50),
    # back: 1,650.00 of a deposit, 18.80 of a prepayment
    "货币资金(银行转账) firm": (9_406, 166_880, -157_474),
    "货币资金(POS 刷卡) firm": (3_382 + 10_000, 0, 13_382),
    "多收待退": (9_220, 9_220, 0),  # 36.00, 10.00 and 46.20
    # 118.80 paid the summer's bills; of another 118.80 18.80 went back
    "预存款": (11_880 + 1_880, 11_880 + 11_880, -10_000),
    "其他应付款(待退预存款)": (1_880, 1_880, 0),
    "押金和保证金": (210_000, 215_000, -5_000),  # the 50.00 that Sun did not fetch
}
# The same of 和平小区. Staff have one drawer for both: what left it here was taken there.
BALANCES_OF_OTHER = {
    # billed 1,368.96 + 144.00, back 9.00; paid 340.20 + 90.00 + 99.00 + 356.40 and 72.00
    "应收账款": (152_196, 95_760, 56_436),
    "收入(物业费)": (0, 136_896, -136_896),
    "收入(生活垃圾处理费)": (0, 14_400, -14_400),
    "货币资金(微信支付) firm": (34_020 + 35_640, 0, 69_660),
    "货币资金(现金) firm": (9_000 + 10_000, 10_000 + 50_000, -41_000),
    "货币资金(银行转账) firm": (9_900 + 50_000, 900, 59_000),
    "货币资金(银行转账) sanitation": (7_200, 0, 7_200),
    "货币资金(POS 刷卡) firm": (35_640, 0, 35_640),
    # Zhou's 356.40 of what was paid twice and 100.00: 100.00 were fetched
    "预存款": (45_640, 45_640, 0),
    "其他应付款(待退预存款)": (10_000, 45_640, -35_640),
    "押金和保证金": (50_000, 50_000, 0),
}
BALANCES = {COMPOUND: BALANCES_OF_ONE, OTHER_COMPOUND: BALANCES_OF_OTHER}
# Class of accounts → debits less credits of the year, of both compounds.
LEDGER = {
    "receivable": 115_254 + 56_436,
    "income": -(158_816 + 15_000 + 9_800 + 12_000 + 21_860 + 754 + 45_000 + 136_896 + 14_400),
    "writeoff": 1_277,
    "wechat": 88_731 + 3_000 + 69_660,
    "cash": 205_960 + 1_500 - 41_000,
    "safe": 6_550,
    "cashdiff": 50,
    "bank": -157_474 + 59_000 + 7_200,
    "pos": 13_382 + 35_640,
    "overpaid": 0,
    "prepaid": -10_000,
    "payable": -35_640,
    "deposit": -5_000,
}
# Way → what went back that the books show: of 春光小区, and of the other one.
GIVEN_BACK = {
    COMPOUND: [
        *(("微信支付", each) for each in (3_600, 1_000, 1_000, 4_620, 12_672, 5_630)),
        ("现金", 5_330),
        *(("银行转账", each) for each in (1_880, 165_000)),
    ],
    OTHER_COMPOUND: [("银行转账", 900), ("现金", 10_000), ("现金", 50_000)],
}
# What of receipts was reversed: by hand, in cash, by hand, in the console, by transfer.
REVERSED = [1_000, 5_330, 5_630, 12_672, 900]
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
    # a bill is of its first month: Li's October is one of its own, of another area
    ("2026-10", "c07"): (1, 3, 11_880, 5_550 + 11_880 + 12_672),
    ("2026-11", "c07"): (0, 1, 0, 11_088),
    # no rate counts services and late charges
    ("2026-12", "c07"): (0, 0, 0, 0),
    # Zhao's and Qian's of January are paid, Wu's of March is not
    ("2026-01", "c08"): (2, 2, 43_020, 43_020),
    ("2026-03", "c08"): (0, 1, 0, 28_800),
    # 9.00 of Qian's 33.00 went back; Xu's May and June are paid
    ("2026-04", "c08"): (0, 1, 2_400, 3_300),
    ("2026-05", "c08"): (1, 1, 6_600, 6_600),
    ("2026-07", "c08"): (1, 2, 35_640, 45_540),
    # Xu's October is of another area than November and December
    ("2026-10", "c08"): (0, 1, 0, 3_300),
    ("2026-11", "c08"): (0, 1, 0, 6_336),
}
# Home → until when they own it, first month that is owed, what each household owes.
DEBTS = {
    # Wang: April 39.60, the second quarter's waste 15.00, the lift 33.44
    # the buyer: waste 30.00, doors 83.34, cleaning 9.00, late charges 0.45
    WANG: [("2026-05-10", "2026-04", 8_804), (None, "2026-07", 12_279)],
    # of April, the month of the sale: Qian's 9.00; Xu: 99.00, 33.00 and 63.36
    QIAN_HOME: [("2026-04-02", "2026-04", 900), (None, "2026-07", 19_536)],
    # Zhao: the waste of the year; Zhou paid all of July, the month of the sale
    ZHAO: [("2026-07-02", "2026-01", 7_200)],
}
# Home, first month → how the bill of a property fee explains itself, where something changed
# within a month: the price, the owner or the area.
EXPLANATIONS = {
    (LI, "2026-03"): "85.30㎡ × 0.60元/㎡·月 × 15/31个月 + 85.30㎡ × 0.66元/㎡·月 × 16/31个月"
    " = 53.82元",
    (SUN, "2026-03"): "70.00㎡ × 0.60元/㎡·月 × 15/30个月 + 70.00㎡ × 0.66元/㎡·月 × 15/30个月"
    " = 44.10元",
    (SUN, "2026-09"): "70.00㎡ × 0.66元/㎡·月 × 3/30个月 + 64.00㎡ × 0.66元/㎡·月 × 27/30个月"
    " = 42.64元",
    (LI, "2026-10"): "85.30㎡ × 0.66元/㎡·月 × 2/31个月 + 84.00㎡ × 0.66元/㎡·月 × 29/31个月"
    " = 55.50元",
    (LI, "2026-11"): "84.00㎡ × 0.66元/㎡·月 × 2个月 = 110.88元",
    (QIAN_HOME, "2026-04"): "50.00㎡ × 0.66元/㎡·月 × 1个月 = 33.00元",
    (QIAN_HOME, "2026-05"): "50.00㎡ × 0.66元/㎡·月 × 2个月 = 66.00元",
    (QIAN_HOME, "2026-10"): "50.00㎡ × 0.66元/㎡·月 × 1个月 = 33.00元",
    (QIAN_HOME, "2026-11"): "48.00㎡ × 0.66元/㎡·月 × 2个月 = 63.36元",
    (ZHAO, "2026-07"): "90.00㎡ × 0.66元/㎡·月 × 6个月 = 356.40元",
}
# What is approved and waits for who is to fetch it: prepaid money, deposits.
NOT_FETCHED = ([35_640], [5_000])
# What an agreement was about → how it ended.
INSTALMENTS = {5_630 + 5_630: "done", 5_630: "broken"}
