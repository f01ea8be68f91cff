"""/openapi.json, asked as fast as it is answered: what each answer costs the server."""

import asyncio
import os
import time
from pathlib import Path

from tornado.simple_httpclient import SimpleAsyncHTTPClient

from bench.product import Product

REQUESTS = 500
AT_ONCE = 8
TICKS = os.sysconf("SC_CLK_TCK")


async def measure(product: Product) -> list[str]:
    url = f"{product.address}/openapi.json"
    client = SimpleAsyncHTTPClient(force_instance=True, max_clients=AT_ONCE)
    first = await client.fetch(url)
    tag = {"If-None-Match": first.headers["Etag"]}
    found = []
    for name, headers in (("whole", {}), ("unchanged (ETag)", tag)):
        began, used = time.monotonic(), processor_seconds(product)
        answers = await asyncio.gather(
            *(
                client.fetch(url, headers=headers, raise_error=False, decompress_response=True)
                for _ in range(REQUESTS)
            )
        )
        rate = REQUESTS / (time.monotonic() - began)
        each = (processor_seconds(product) - used) / REQUESTS
        found.append(
            f"{name}: {answers[0].code}, {rate:.0f} requests a second, of which this client is "
            f"the slower half; {each * 1000:.1f} ms of a core each"
        )
    accepts = {"Accept-Encoding": "gzip"}
    packed = await client.fetch(url, headers=accepts, decompress_response=False)
    found.append(f"{len(packed.body):,} bytes of {len(first.body):,} to who accepts gzip")
    client.close()
    return found


def processor_seconds(product: Product) -> float:
    fields = Path(f"/proc/{product.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
    return sum(map(int, fields.split()[11:13])) / TICKS
