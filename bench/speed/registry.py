"""The figures, in the order of the page."""

from typing import Final

from bench.speed.figures import requests, round_trips
from bench.speed.models import Figure

FIGURES: Final[tuple[Figure, ...]] = (requests.FIGURE, round_trips.FIGURE)
