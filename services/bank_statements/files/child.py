"""Child process that reads one bank's file: the file on standard input, JSON lines on output.

A small file can ask for more memory than a server has (services/register/sheet/child.py): here
the limits end this process alone. The whole file is read before the first row is told, so that
a file with one bad row leaves nothing.
"""

import resource
import sys
from typing import Final

import msgspec

from services.bank_statements.files import tables
from services.bank_statements.files.models import Batch, Done, Failed, FileRefused, Message
from services.bank_statements.files.rows import Reader, batches

MEMORY_BYTES: Final = 512 * 1024 * 1024
CPU_SECONDS: Final = 60
BATCH_ROWS: Final = 500


def send(message: Message) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


def read(content: bytes) -> None:
    """Send all rows by which money moved, then the totals. Raises FileRefused."""
    headings, rows = tables.opened(content)
    reader = Reader(headings)
    reader.read(rows)
    for batch in batches(reader.rows, BATCH_ROWS):
        send(Batch(batch))
    send(Done(reader.totals, min(reader.days), max(reader.days)))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        read(sys.stdin.buffer.read())
    except FileRefused as refused:
        send(Failed(refused.refusal, refused.problems))


if __name__ == "__main__":
    main()
