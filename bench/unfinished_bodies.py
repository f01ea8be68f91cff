"""40 connections that send 20 MB each and never the last byte: the memory of the process."""

import asyncio
from collections.abc import Callable

from bench.product import Product

CONNECTIONS = 40
MEGABYTES = 20
SETTLED_SECONDS = 3.0


async def measure(product: Product) -> list[str]:
    before = product.memory_mb()
    people = [await product.sign_in(f"sender{number}") for number in range(4)]
    heads: dict[str, Callable[[int], str]] = {
        "strangers, a register": register_of,
        "four people, photos": photo_of(people),
    }
    found = []
    for who, head in heads.items():
        writers = await asyncio.gather(*(send(product, head(n)) for n in range(CONNECTIONS)))
        await asyncio.sleep(SETTLED_SECONDS)
        found.append(f"{who}: {before} MB before, {product.memory_mb()} MB while they hang")
        for writer in writers:
            writer.close()
    await asyncio.sleep(SETTLED_SECONDS)
    return [*found, f"after they left: {product.memory_mb()} MB"]


def register_of(_: int) -> str:
    return (
        "POST /api/v1/places/cc/register-imports HTTP/1.1\r\nHost: a\r\n"
        f"Content-Length: {MEGABYTES << 20}\r\n\r\n"
    )


def photo_of(people: list[dict[str, str]]) -> Callable[[int], str]:
    return lambda number: (
        "POST /api/v1/photos HTTP/1.1\r\nHost: a\r\n"
        f"Authorization: {people[number % len(people)]['Authorization']}\r\n"
        f"Content-Length: {10 << 20}\r\n\r\n"
    )


async def send(product: Product, head: str) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection("127.0.0.1", product.port)
    size = int(head.partition("Content-Length: ")[2].partition("\r")[0])
    writer.write(head.encode())
    try:
        for _ in range(size // 65536):
            writer.write(bytes(65535))
            async with asyncio.timeout(SETTLED_SECONDS):
                await writer.drain()
    except (ConnectionError, TimeoutError):
        pass  # it was refused, or is not read: that is what should happen
    return writer
