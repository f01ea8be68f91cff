"""Entries of today's list of a head: the condition for a part of them."""

from services.kernel.documents import Document
from services.kernel.today import Part


def within(part: Part) -> Document:
    """Return the condition for a part of entries that are sorted by `sort_due` and id."""
    bounds: list[Document] = []
    if part.after is not None:
        at, key = part.after
        bounds.append({"sort_due": {"$gte": at}})
        bounds.append({"$or": [{"sort_due": {"$gt": at}}, {"_id": {"$gt": key}}]})
    if part.until is not None:
        bounds.append({"sort_due": {"$lt": part.until}})
    if part.without:
        bounds.append({"_id": {"$nin": list(part.without)}})
    return {"$and": bounds} if bounds else {}
