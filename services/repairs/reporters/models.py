"""Reports of repairs as their reporters change them."""

from msgspec import UNSET, Struct, UnsetType

from services.kernel.types import Phone, Reason, Remark
from services.photos.models import PhotoUrl
from services.repairs.models import PhotoIds, WishTime


class EditRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is changed of a report that nobody has accepted; what is left out stays.

    `text`: What is broken.
    `photo_ids`: Ids of what shall be attached (purpose `case`), with those that stay.
    `wish`: When the repairer shall come; null for any time.
    `access`: How to get in, for the repairer only; null for nothing.
    `phone`: Whom the repairer may call; null for nobody.
    """

    text: Remark | UnsetType = UNSET
    photo_ids: PhotoIds | UnsetType = UNSET
    wish: WishTime | UnsetType | None = UNSET
    access: Reason | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET


class RepairPhotos(Struct, kw_only=True):
    """What is attached to a repair, and may be seen by whoever asks.

    `items`: Addresses: of the report first, then in the order of the history.
    """

    items: list[PhotoUrl]
