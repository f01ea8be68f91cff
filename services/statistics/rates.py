"""Rates of fee collection. Every screen, export and assessment computes them here only.

Source: the city's plan, 长府办发〔2021〕12号, art. 13 and 20. Bills of a period are those whose
first month lies in it; drafts and void bills never count. So every numerator is a part of its
denominator and no rate exceeds 100 %.
"""

from services.kernel.types import WHOLE
from services.statistics.models import Counts, Rate, Rates


def rate(numerator: int, denominator: int) -> Rate:
    """Return a rate in basis points, rounded down; None of them when nothing was due."""
    points = numerator * WHOLE // denominator if denominator else None
    return Rate(numerator=numerator, denominator=denominator, basis_points=points)


def household_rate(counts: Counts) -> Rate:
    """户收费率: homes that paid all their bills of the period / homes billed for it."""
    return rate(counts.paid_homes, counts.billed_homes)


def amount_rate(counts: Counts) -> Rate:
    """收费率: fen paid on the period's bills, whenever it came / fen billed for it."""
    return rate(counts.received_fen, counts.due_fen)


def arrears_recovery_rate(counts: Counts) -> Rate:
    """清缴率: arrears paid during the period / those and what was still owed at its end.

    Arrears are bills of earlier periods whose due day was over when the period began.
    """
    return rate(counts.recovered_fen, counts.recovered_fen + counts.remaining_fen)


def rates(counts: Counts) -> Rates:
    """Return the three rates of these counts."""
    return Rates(
        household_rate=household_rate(counts),
        amount_rate=amount_rate(counts),
        arrears_recovery_rate=arrears_recovery_rate(counts),
    )
