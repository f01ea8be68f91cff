"""Cache of texts: after a notice to a whole city, each process reads its text once."""

from typing import Final

from services.kernel.caches import Cache

# By notice and version, which never changes: 200 texts of up to 60 KB, one cache a process.
TEXTS: Final = Cache[tuple[str, int], str | None](200)
