"""6,000 requests with unknown verbs, bad forms and bad paths: what /metrics holds then."""

import asyncio
import time

from bench.product import Product, ask, lines_sent

REQUESTS = 6000
AT_ONCE = 20


async def measure(product: Product) -> list[str]:
    before = len((await ask(f"{product.operator}/metrics")).splitlines())
    room = asyncio.Semaphore(AT_ONCE)

    async def send(number: int) -> None:
        async with room:
            await lines_sent(product, strange(number))

    began = time.monotonic()
    await asyncio.gather(*(send(number) for number in range(REQUESTS)))
    spent = time.monotonic() - began
    stalled, lines = await scrape(product)
    return [
        f"{REQUESTS} strange requests in {spent:.1f} s",
        f"lines of /metrics before: {before}, after: {lines}",
        f"longest wait for /healthz during a scrape: {stalled * 1000:.0f} ms",
    ]


def strange(number: int) -> bytes:
    """Return one of three kinds that Tornado refuses before any handler is asked."""
    path = f"/api/v1/homes/1391234{number:04d}/residents"
    form = "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n\r\n{}"
    return (
        f"BREW {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{form}",
        f"GET {path}%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )[number % 3].encode()


async def scrape(product: Product) -> tuple[float, int]:
    """Return the longest wait of somebody else while the figures are read, and their lines."""
    reading = asyncio.create_task(ask(f"{product.operator}/metrics"))
    longest = 0.0
    while not reading.done():
        began = time.monotonic()
        await ask(f"{product.address}/healthz")
        longest = max(longest, time.monotonic() - began)
    return longest, len((await reading).splitlines())
