"""``python -m tests.fuzzing --seconds N``: throw mutated values at every reader, and count.

Ends with ``inputs N, crashes M``; exits 1 where there was a crash, whose inputs are kept.
"""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.fuzzing.driver import Target, check_corpus, fuzz
from tests.fuzzing.ledger_targets import of_ledger
from tests.fuzzing.targets import of_crypto


def main() -> int:
    """Run as the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, help="of an earlier run; the same inputs in its order")
    parser.add_argument("--only", help="targets whose name begins so")
    parser.add_argument("--keep", type=Path, default=Path("fuzzing-crashes"))
    asked = parser.parse_args()
    seed = secrets.randbits(32) if asked.seed is None else asked.seed
    with tempfile.TemporaryDirectory() as folder, of_ledger(Path(folder) / "home") as of_the_ledger:
        targets: list[Target] = [*of_crypto(Path(folder) / "authority"), *of_the_ledger]
        check_corpus(targets)
        chosen = [one for one in targets if one.name.startswith(asked.only or "")]
        tally = fuzz(chosen, seed, seconds=asked.seconds, keep=asked.keep)
    for crash in tally.crashes:
        print(crash)
    print(f"{len(chosen)} readers, seed {seed}: {tally.read} inputs were read, the rest refused")
    print(f"inputs {tally.inputs}, crashes {len(tally.crashes)}")
    return 1 if tally.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
