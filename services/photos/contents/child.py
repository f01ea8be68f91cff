"""Child process that copies one recording: on standard input, into an unnamed file of memory.

FFmpeg is a million lines of C that read what strangers send. Here the limits end this process
alone, and all it used is given back when it exits; it holds no secret, no connection and no
right to open files.
"""

import resource
import signal
import sys
from typing import Final

import msgspec

from services.photos.contents import remux
from services.photos.contents.file_types import FileType
from services.photos.contents.models import WALL_SECONDS, Copied, Refusal, Refused

MEMORY_BYTES: Final = 1024 * 1024 * 1024
CPU_SECONDS: Final = 8
MOST_FILES: Final = 16


def main() -> None:
    family, handle, most_bytes = FileType(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (handle + MOST_FILES, handle + MOST_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_SECONDS)  # whoever started it may be gone
    said: Copied | Refused
    try:
        said = remux.copy(sys.stdin.buffer.read(), family, f"/proc/self/fd/{handle}")
    except Refusal as refusal:
        said = refusal.refused
    sys.stdout.buffer.write(msgspec.json.encode(said))


if __name__ == "__main__":
    main()
