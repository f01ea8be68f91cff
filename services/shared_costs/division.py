"""Division of a sum among homes by weights, exact to the fen.

Pure functions. Method of the largest remainder (最大余额法): each home gets its exact share
rounded down, and the fen that are left go to the largest remainders, of equal ones to the home
whose path comes first. So the shares come to the sum, none is a fen or more from its exact
share, and the order in which homes are given changes nothing.
"""

from collections.abc import Mapping


def divide(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return home → its share, by path. ValueError unless some weight is positive, none less.

    `total` and the shares in fen.
    """
    whole = sum(weights.values())
    if whole <= 0 or min(weights.values()) < 0:
        raise ValueError("nothing to divide by")
    exact = {home: divmod(total * weights[home], whole) for home in sorted(weights)}
    shares = {home: fen for home, (fen, _) in exact.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(exact, key=lambda home: (-exact[home][1], home))
    for home in by_remainder[:left]:
        shares[home] += 1
    return shares
