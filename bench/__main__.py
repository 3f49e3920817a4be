"""`python -m bench core|fleet|codec|rest|webhook|smpp [--json]`: runs one benchmark and prints its figures.

Other options are the benchmark's own: `--kill`, `--binds=4`.
"""

import importlib
import json
import sys

NAMES = ("core", "fleet", "codec", "rest", "webhook", "smpp")


def main() -> int:
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    if len(words) != 1 or words[0] not in NAMES:
        print(f"usage: python -m bench {{{'|'.join(NAMES)}}} [--json]", file=sys.stderr)
        return 2
    options = [word[2:].partition("=") for word in sys.argv[1:] if word.startswith("--") and word != "--json"]
    wishes = {name: value if has_value else True for name, has_value, value in options}
    figures = importlib.import_module(f"bench.{words[0]}").measure(**wishes)
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:32} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
