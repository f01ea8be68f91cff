"""Terms of a service: which homes are asked, what each would pay, and how that is explained.

What nobody wrote down is never guessed: homes without an area are named in the refusal.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from services.agreed_services.models import (
    MOST_HOMES,
    MOST_MONTHS,
    AgreedService,
    Counting,
    NewAgreedService,
    Pricing,
    Rhythm,
    ServicePart,
    Share,
)
from services.agreed_services.refusals import AreaUnknown, BadAgreedService, HomesWithoutArea
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.days import Day, check_day, last_day, months_between
from services.kernel.money import area_charge, half_up, price_yuan, square_metres, yuan
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import Kind, Place, Usage
from services.shared_costs.division import divide

NAMED: Final = 200  # homes in one refusal


def check(request: NewAgreedService, today: Day) -> None:
    """Raise BadAgreedService for terms that do not fit one another."""
    first, last = check_day(request.from_day), check_day(request.to_day)
    if last < first or months_between(first[:7], last[:7]) >= MOST_MONTHS:
        raise BadAgreedService(f"服务期限请填 {MOST_MONTHS} 个月以内")
    if not today <= check_day(request.closing_day) < first:
        raise BadAgreedService("答复截止日请填今天或以后、服务开始之前的日期")
    whole = first.endswith("-01") and last == last_day(last[:7])
    if request.rhythm is Rhythm.MONTHLY and not whole:
        raise BadAgreedService("按月收费的服务请从某月1日开始,到某月最后一天结束")
    _check_price(request)


def _check_price(request: NewAgreedService) -> None:
    by_price = request.pricing is Pricing.AREA
    if (request.price is not None) != by_price or (request.amount_fen is None) != by_price:
        raise BadAgreedService("按平方米收费请填单价,其他方式请填金额")
    if request.pricing.is_sum and request.part is ServicePart.AGREEING:
        raise BadAgreedService("只由同意的房屋付费时,请写明每户或每平方米的价格")


async def homes_of(deps: Dependencies, place: str, request: NewAgreedService) -> list[Place]:
    """Return the homes that are asked, by path. Raises BadAgreedService, TooLarge."""
    found = await places.of_kind_under(deps, place, Kind.HOME, after="", limit=MOST_HOMES + 1)
    if len(found) > MOST_HOMES:
        raise errors.TooLarge(f"一次最多征求 {MOST_HOMES} 户,请按楼栋分开登记")
    day, usages = request.from_day, set(request.usages)
    then = [place_homes.on(home, day) for home in found if place_homes.standing(home, day)]
    asked = [home for home in then if (home.usage or Usage.FLAT) in usages]
    if not asked:
        raise BadAgreedService("这里没有可以参加的房屋")
    return asked


def shares_of(request: NewAgreedService, homes: Sequence[Place]) -> list[Share]:
    """Return what each home would pay, by path. Raises AreaUnknown, BadAgreedService."""
    needs_area = request.pricing.by_area or request.counting is Counting.HOMES_AND_AREA
    missing = [home.id for home in homes if not home.area] if needs_area else []
    if missing:
        details = HomesWithoutArea(count=len(missing), homes=missing[:NAMED])
        message = f"有 {len(missing)} 户没有登记面积,补全后再登记"
        raise AreaUnknown(message, count=details.count, homes=details.homes)
    areas = {home.id: home.area or 0 for home in homes}
    total = request.amount_fen or 0
    match request.pricing:
        case Pricing.HOME:
            owed = dict.fromkeys(areas, total)
        case Pricing.AREA:
            owed = {home: by_area(area, request.price or 0) for home, area in areas.items()}
        case Pricing.SUM_BY_HOME:
            owed = divide(total, dict.fromkeys(areas, 1))
        case Pricing.SUM_BY_AREA:
            owed = divide(total, areas)
    return [Share(home, areas[home], owed[home]) for home in sorted(areas)]


def by_area(area: int, price: int) -> int:
    """Return the charge of an area in fen, rounded once, half up."""
    return half_up(area_charge(area, price, Fraction(1)))


def explain(found: AgreedService, share: Share) -> str:
    """Write what a home pays on one line: 门禁维护,每户15.00元/月(约定:…)."""
    each = "/月" if found.rhythm is Rhythm.MONTHLY else ""
    total, owed = yuan(found.amount_fen), yuan(share.amount_fen)
    match found.pricing:
        case Pricing.HOME:
            said = f"每户{owed}元{each}"
        case Pricing.AREA:
            price, area = price_yuan(found.price), square_metres(share.area)
            said = f"每平方米{price}元{each} × {area}㎡ = {owed}元"
        case Pricing.SUM_BY_HOME:
            said = f"共{total}元{each} × 1户/{found.homes}户 = {owed}元"
        case Pricing.SUM_BY_AREA:
            part = f"{square_metres(share.area)}㎡/{square_metres(found.area)}㎡"
            said = f"共{total}元{each} × {part} = {owed}元"
    return f"{found.title},{said}(约定:{found.source})"
