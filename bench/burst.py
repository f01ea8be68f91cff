"""280 requests of one person at once, again and again: how long another person waits.

Written on open connections, all before the first answer is read: what is measured is the
server, not how long a client needs to make so many requests.
"""

import asyncio
import time
from collections import Counter

from bench.product import Product

REQUESTS = 280
ROUNDS = 3
OTHERS = 20  # requests of the other person in a round, one after the other
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def measure(product: Product) -> list[str]:
    one, other = await product.sign_in("burst"), await product.sign_in("other")
    waits: list[float] = []
    said: Counter[str] = Counter()
    for _ in range(ROUNDS):
        connections = [await connect(product) for _ in range(REQUESTS + 1)]
        for connection in connections[1:]:
            write(connection, one)
        for _ in range(OTHERS):
            began = time.monotonic()
            write(connections[0], other)
            status = await answer(connections[0])
            waits.append(time.monotonic() - began)
            said[f"{status} to the other"] += 1
        said.update(await asyncio.gather(*map(answer, connections[1:])))
        for _, writer in connections:
            writer.close()
        await asyncio.sleep(60 / ROUNDS)  # the allowance of a person grows back in a minute
    waits.sort()
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(said.items()))
    median, p99 = waits[len(waits) // 2], waits[-max(1, len(waits) // 100)]
    return [
        f"{ROUNDS} bursts of {REQUESTS}: {answers}",
        f"another person: median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms",
    ]


async def connect(product: Product) -> Connection:
    return await asyncio.open_connection("127.0.0.1", product.port)


def write(connection: Connection, headers: dict[str, str]) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection[1].write(f"GET /api/v1/me HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode())


async def answer(connection: Connection) -> str:
    """Read one answer whole; return its status."""
    head = await connection[0].readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
    await connection[0].readexactly(int(length))
    return head.split()[1].decode()
