"""Phone numbers in E.164 form, and the fingerprint they are found by."""

from typing import TYPE_CHECKING, Final

from services.kernel.deferred import deferred
from services.kernel.errors import InvalidInput
from services.kernel.vault import Vault

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = deferred("phonenumbers")

REGION: Final = "CN"


class InvalidPhone(InvalidInput):
    code = "invalid_phone"


def normalise(text: str) -> str:
    """Return +8613800000000 for any usual way to write it; InvalidPhone otherwise."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        raise InvalidPhone("电话号码不对") from None
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone("电话号码不对")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def as_dialled(phone: str) -> str:
    """Return an E.164 number as people here dial it: without +86."""
    return phone.removeprefix("+86")


def blind_index(vault: Vault, phone: str) -> str:
    """Return the fingerprint of an E.164 number: equality without the number."""
    return vault.blind(phone, purpose="phone")
