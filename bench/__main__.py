"""Run the attacks, each on a product of its own, and print what was seen."""

import asyncio
import sys
from types import ModuleType
from typing import Final

from bench import burst, contract, strange_requests, unfinished_bodies
from bench.product import machine, served

ATTACKS: Final = (strange_requests, contract, unfinished_bodies, burst)


def main() -> None:
    wanted = sys.argv[1:]
    names = [attack.__name__.rpartition(".")[2] for attack in ATTACKS]
    if set(wanted) - set(names):
        sys.exit(f"choose of: {', '.join(names)}")
    write(f"Machine: {machine()}\n")
    for attack in ATTACKS:
        name = attack.__name__.rpartition(".")[2]
        if not wanted or name in wanted:
            write(f"\n## {name.replace('_', ' ').capitalize()}\n\n{attack.__doc__}\n\n")
            for line in asyncio.run(run(attack)):
                write(f"- {line}\n")


async def run(attack: ModuleType) -> list[str]:
    async with served() as product:
        found: list[str] = await attack.measure(product)
        return found


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


main()
