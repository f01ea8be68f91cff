"""Entry point of the command line: `python -m server COMMAND`."""

import gc
import signal
import sys

if __name__ == "__main__":
    gc.disable()  # what is imported stays: cli.main() begins to look for garbage
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while importing: no traceback

from server.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
