"""Views of meters, and how what they count is written."""

from collections.abc import Mapping, Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.meters.models import SHOWN, Meter, MeterView, Reading, ReadingView
from services.photos import actions as photos
from services.photos.models import PhotoUrl
from services.places import actions as places

THOUSANDTHS = 1000


async def view(deps: Dependencies, meter: Meter) -> MeterView:
    """Show a meter with the photos of its latest readings."""
    addresses = await places.addresses(deps, [meter.home])
    wanted = [photo for reading in meter.readings[-SHOWN:] for photo in reading.photos]
    found = await photos.links_to(deps, wanted, subject=meter.id) if wanted else []
    return _view(meter, addresses, {each.photo_id: each for each in found})


async def views(deps: Dependencies, meters: Sequence[Meter]) -> list[MeterView]:
    """Show meters without photos, in the order given."""
    addresses = await places.addresses(deps, sorted({meter.home for meter in meters}))
    return [_view(meter, addresses, {}) for meter in meters]


def _view(
    meter: Meter, addresses: Mapping[str, str], links: Mapping[str, PhotoUrl]
) -> MeterView:
    last = meter.readings[-1] if meter.readings else None
    return show(
        meter,
        MeterView,
        meter_id=meter.id,
        address=addresses.get(meter.home, meter.home),
        read_day=last and last.day,
        read_value=last.value if last else None,
        readings=[_reading(each, links) for each in reversed(meter.readings[-SHOWN:])],
    )


def _reading(reading: Reading, links: Mapping[str, PhotoUrl]) -> ReadingView:
    found = [links[photo] for photo in reading.photos if photo in links]
    return show(reading, ReadingView, photos=found)


def dial(value: int) -> str:
    """Write a value of a dial with up to three decimals: 1234500 → 1234.5."""
    whole, rest = divmod(value, THOUSANDTHS)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
