"""Proof of the books in tests: the days sealed as at night, and what `ledger verify` says."""

from services.kernel.days import end_of
from services.ledger.proofs import actions as proofs
from services.ledger.proofs.models import Span, Verdict
from services.ledger.seals import jobs as seals
from services.ledger.seals.models import GRACE
from tests.build.world import World


async def next_night(world: World) -> None:
    """Let it become the next night, and the worker seal what is over."""
    night = end_of(world.deps.today()) + GRACE
    await world.advance(seconds=(night - world.clock.now).total_seconds())
    await sealed(world)


async def sealed(world: World) -> None:
    while await seals.seal(world.deps, {}):
        pass


async def verified(world: World, span: Span | None = None) -> tuple[Verdict, list[str]]:
    """Return the verdict on the books, and each problem that was told."""
    found: list[str] = []
    verdict = await proofs.verify(world.deps, span or Span(), found.append, lambda _: None)
    assert verdict.problems == len(found)
    return verdict, found


async def problems(world: World, span: Span | None = None) -> list[str]:
    return (await verified(world, span))[1]
