"""Acts about payment links, up to the one request a test makes itself."""

from tests.build.cast import Estate
from tests.build.deeds import Ask

LINKS = "/api/v1/payment-links"


async def link_asked(estate: Estate) -> Ask:
    await estate.member("li")
    return Ask(LINKS, {"bill_ids": await estate.bill_ids("li")}, by="li")
