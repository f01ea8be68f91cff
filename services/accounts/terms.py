"""Terms of relations and roles: from a day to a day, both inclusive."""

from services.kernel.documents import Document


def active_on(day: str) -> Document:
    return {
        "from_day": {"$lte": day},
        "$or": [{"to_day": None}, {"to_day": {"$gte": day}}],
    }


def not_over_on(day: str) -> Document:
    """Rows that hold today or will: the past belongs to who was there."""
    return {"$or": [{"to_day": None}, {"to_day": {"$gte": day}}]}
