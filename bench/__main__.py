"""`python -m bench core|fleet|codec|rest|webhook [--json]`: runs one benchmark and prints its figures."""

import importlib
import json
import sys

NAMES = ("core", "fleet", "codec", "rest", "webhook")


def main() -> int:
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    if len(words) != 1 or words[0] not in NAMES:
        print(f"usage: python -m bench {{{'|'.join(NAMES)}}} [--json]", file=sys.stderr)
        return 2
    figures = importlib.import_module(f"bench.{words[0]}").measure()
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:32} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
