"""By hand: `python -m tests.simulation --seed N [--seeds COUNT] [--verbose]`."""

import argparse
import sys
import time

from tests.simulation.coverage import never, table, total
from tests.simulation.simulation import DEVICES, STEPS, run_seed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many, one after the other")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--devices", type=int, default=DEVICES)
    parser.add_argument("--verbose", action="store_true", help="every event")
    parser.add_argument("--table", action="store_true", help="how often each fault was reached")
    asked = parser.parse_args()
    counts, failed = [], 0
    for seed in range(asked.seed, asked.seed + asked.seeds):
        began = time.process_time()
        result = run_seed(seed, asked.devices, asked.steps, asked.verbose)
        counts.append(result.counts)
        seconds = time.process_time() - began
        print(f"seed {seed}: {result.messages} acknowledged, {result.sends} attempts, {seconds:.2f} s")
        if result.violations:
            failed += 1
            print("\n".join([*result.trace, f"seed {seed}: {result.violations[0]}"]))
    if asked.table:
        print(table(total(counts), asked.seeds), "\nnever:", never(total(counts)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
