"""Draw of the paper answers that are entered a second time: a sample that can be drawn again.

Each paper answer of a survey has a rank, the SHA-256 of the survey and its own id; those with
the lowest are entered again by somebody else. Nobody can choose or foresee them: ids of answers
are keyed fingerprints of home and survey.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

# Of a hundred paper answers so many are entered again, and one where there are few.
PERCENT: Final = 10


def rank(survey: str, answer: str) -> str:
    """Return the rank of an answer in the draw of a survey, in hexadecimal."""
    return sha256(f"{survey}|{answer}".encode()).hexdigest()


def size(count: int) -> int:
    """Return how many of so many answers are drawn: a tenth, rounded up."""
    return -(-count * PERCENT // 100)


def drawn(survey: str, answers: Sequence[str]) -> list[str]:
    """Return the answers to enter again, by rank, whatever the order they are given in."""
    ranked = sorted(answers, key=lambda each: rank(survey, each))
    return ranked[: size(len(ranked))]
