"""Expression for the places above a place, for documents written before they were kept."""

from typing import Any


def above(path: str) -> dict[str, Any]:
    """Return the expression for a place and all above it, the highest first.

    As services/kernel/paths.py ancestors() has it. `path`: the field that holds the place.
    """
    longer = {"$concat": [{"$last": "$$value"}, ".", "$$this"]}
    following = {"$cond": [{"$eq": ["$$value", []]}, "$$this", longer]}
    return {
        "$reduce": {
            "input": {"$split": [f"${path}", "."]},
            "initialValue": [],
            "in": {"$concatArrays": ["$$value", [following]]},
        }
    }
