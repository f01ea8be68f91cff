"""Acts about payment links, up to the one request a test makes itself."""

from tests.build.cast import Estate
from tests.build.deeds import Ask

LINKS = "/api/v1/payment-links"


async def link_asked(estate: Estate) -> Ask:
    await estate.member("li")
    return Ask(LINKS, {"bill_ids": await estate.bill_ids("li")}, by="li")


async def link_made(estate: Estate) -> Ask:
    """A link that is to be withdrawn."""
    li = await estate.member("li")
    wish = {"bill_ids": await estate.bill_ids("li")}
    made = (await estate.world.api.post(LINKS, wish, as_=li)).body["link_id"]
    return Ask(f"{LINKS}/{made}", method="DELETE", by="li", subject=made)
