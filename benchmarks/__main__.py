"""``python -m benchmarks``."""

import sys

from benchmarks.run import main

if __name__ == "__main__":  # workers that are spawned import this module again
    sys.exit(main(sys.argv[1:]))
