"""Command that writes docs/reference/access.md and prints the counts."""

import sys

from tests.matrix.test_page import counts, write

if __name__ == "__main__":
    write()
    for name, number in counts().items():
        sys.stdout.write(f"{number:>7,}  {name}\n")
