"""The year's paper: what all the months come to, added up by hand from their docstrings."""

from tests.books_of_a_year.year import LI, QIAN_HOME, SUN, WANG, WU_HOME, ZHAO

# Home → fee → owed before, billed, paid, given back, void, corrected, owed at the end.
STATEMENTS = {
    LI: {
        # billed 2 × 51.18 + 53.82 + 6 × 56.30 (April to September) + 168.89 = 662.87
        # paid 102.36 + 20.00 + 33.82 + 10.00 + 53.30 + 56.30 = 275.78
        # back 10.00 + 53.30 + 56.30 = 119.60; a credit of 3.00
        # owed: April 53.30, May to September 5 × 56.30, the quarter 168.89
        "property_fee": (0, 66_287, 27_578, 11_960, 0, -300, 50_369),
        "waste_fee": (0, 6_000, 0, 0, 0, 0, 6_000),  # four quarters
        "metered_fee": (0, 9_800, 0, 0, 0, 0, 9_800),
        "shared_cost": (0, 4_754, 0, 0, 0, 0, 4_754),
    },
    WANG: {
        # Wang: billed 36.00 + 36.00 + 37.86 + 39.60 + 12.77 = 162.23; paid 109.86
        # the buyer: billed 26.83 + 4 × 39.60 + 118.80 = 304.03; paid 66.43 + 118.80 = 185.23
        # 12.77 written off; owed: Wang's April 39.60 and the buyer's last quarter 118.80
        "property_fee": (0, 46_626, 29_509, 0, 0, -1_277, 15_840),
        "waste_fee": (0, 6_000, 1_500, 0, 0, 0, 4_500),
        "shared_cost": (0, 3_344, 0, 0, 0, 0, 3_344),
    },
    SUN: {
        # billed 2 × 42.00 + 44.10 + 3 × 46.20 (April to June) + 2 × 32.34 + 46.20 + 138.60
        # = 516.18; paid 42.00 + 42.00 + 44.10 + 56.20 + 138.60 = 322.90; back 138.60
        # void 46.20; a debit of 10.00; owed: 46.20 + 2 × 32.34 + 46.20 + 138.60
        "property_fee": (0, 51_618, 32_290, 13_860, 4_620, 1_000, 29_568),
        "waste_fee": (0, 3_000, 3_000, 0, 0, 0, 0),
        "shared_cost": (0, 3_902, 0, 0, 0, 0, 3_902),
    },
    ZHAO: {
        "property_fee": (0, 34_020 + 35_640, 34_020, 0, 0, 0, 35_640),
        "waste_fee": (0, 7_200, 0, 0, 0, 0, 7_200),
    },
    QIAN_HOME: {
        "property_fee": (0, 9_000 + 3 * 9_900, 9_000, 0, 0, 0, 29_700),
        "waste_fee": (0, 3_600, 0, 0, 0, 0, 3_600),
    },
    WU_HOME: {
        "property_fee": (0, 28_800, 0, 0, 0, 0, 28_800),
        "waste_fee": (0, 3_600, 0, 0, 0, 0, 3_600),
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
    "2026-11": (0, 0, 0, 0, 0, 0, 0, 0, 95_777),
    "2026-12": (0, 0, 0, 0, 0, 0, 0, 0, 95_777),
    "合计": (165_531, 55_779, 8_930, 9_406, 3_382, 25_820, 4_920, -13_157, 95_777),
}
PROPERTY_OF_OTHER = {
    "2026-01": (71_820, 34_020, 0, 0, 0, 0, 0, 0, 37_800),
    "2026-04": (9_900, 0, 9_000, 0, 0, 0, 0, 0, 38_700),
    "2026-07": (45_540, 0, 0, 0, 0, 0, 0, 0, 84_240),
    "2026-10": (9_900, 0, 0, 0, 0, 0, 0, 0, 94_140),
    "合计": (137_160, 34_020, 9_000, 0, 0, 0, 0, 0, 94_140),
}
# Account → debits, credits, balance at the end of the year, of 春光小区; persons left out.
BALANCES = {
    # billed 1,645.31 + 10.00 + waste 150.00 + water 98.00 + lift 120.00 = 2,023.31, and back
    # 258.20; paid 775.00 − 0.03 = 774.97 of the property fee (557.79 + 89.30 + 94.06 + 33.82)
    # and 45.00 of waste; void 49.20, written off 12.77, from the prepayment 118.80
    "应收账款": (228_151, 100_074, 128_077),
    "收入(物业费)": (4_920, 165_531, -160_611),
    "收入(生活垃圾处理费)": (0, 15_000, -15_000),
    "收入(计量费)": (0, 9_800, -9_800),
    "收入(公摊费)": (0, 12_000, -12_000),
    "坏账核销": (1_277, 0, 1_277),
    # 557.79, paid twice 10.00, paid for a void bill 46.20, in advance 118.80; back 10.00,
    # 56.30, 138.60, 10.00, 46.20
    "货币资金(微信支付) firm": (73_279, 26_110, 47_169),
    "货币资金(微信支付) sanitation": (3_000, 0, 3_000),
    "货币资金(现金) firm": (3_600 + 5_330, 3_600 + 5_330, 0),
    "货币资金(现金) sanitation": (1_500, 0, 1_500),
    "已上交现金 firm": (3_500, 0, 3_500),
    "现金长短款 firm": (100, 0, 100),
    "货币资金(银行转账) firm": (9_406, 0, 9_406),
    "货币资金(POS 刷卡) firm": (3_382, 0, 3_382),
    "多收待退": (5_620, 5_620, 0),
    "预存款": (11_880, 11_880, 0),
}
# Class of accounts → debits less credits of the year, of both compounds.
LEDGER = {
    "receivable": 128_077 + 137_160 + 14_400 - 34_020 - 9_000,
    "income": -160_611 - 15_000 - 9_800 - 12_000 - 137_160 - 14_400,
    "writeoff": 1_277,
    "wechat": 47_169 + 3_000 + 34_020,
    "cash": 1_500 + 9_000,
    "safe": 3_500,
    "cashdiff": 100,
    "bank": 9_406,
    "pos": 3_382,
    "overpaid": 0,
    "prepaid": 0,
}
# What of receipts was reversed: by hand, in cash, by hand, in the console.
REVERSED = [1_000, 5_330, 5_630, 13_860]
# Month, place → homes that paid all of their property fee, of so many; fen, of so many.
RATES = {
    ("2026-03", "c07"): (3, 3, 13_578, 13_578),
    ("2026-03", "c07.b3.u1"): (1, 1, 4_410, 4_410),
    ("2026-03", "c07.b3.u2"): (2, 2, 9_168, 9_168),
    # Li owes 56.30; the buyer paid 39.60, and Sun 46.20 and the 10.00 of the debit note
    ("2026-06", "c07"): (2, 3, 9_580, 15_210),
    ("2026-06", "c07.b3.u1"): (1, 1, 5_620, 5_620),
    ("2026-06", "c07.b3.u2"): (1, 2, 3_960, 9_590),
    # Li paid and got it back; the console gave Sun's money back; nobody else paid
    ("2026-10", "c07"): (0, 3, 0, 42_629),
    # a bill is of its first month: Zhao's and Qian's of January are paid, Wu's of March is not
    ("2026-01", "c08"): (2, 2, 43_020, 43_020),
    ("2026-03", "c08"): (0, 1, 0, 28_800),
}
