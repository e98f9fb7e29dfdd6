"""Holds a score (JSON on standard input) against the floors. usage: score.py … --json | floors.py NAME"""

import json
import sys

FLOORS = {
    "events": {"f1": 0.80},
    "agreements": {"f1": 0.80},
    "citations": {"f1": 1.0},
    "actors": {"recall": 0.90, "precision": 0.95},
}
ATTRIBUTE_FLOOR = 0.80


def main() -> int:
    score = json.load(sys.stdin)
    rows = [
        (f"{part} {rate}", score[part][rate], floor) for part, rates in FLOORS.items() for rate, floor in rates.items()
    ]
    rows += [(f"{name} (of {count})", share, ATTRIBUTE_FLOOR) for name, (share, count) in score["attributes"].items()]
    # Where nothing is cited and nothing was found, no rate can be had, and nothing is wrong.
    nothing = not any(score["citations"][key] for key in ("right", "wrong", "missed"))
    held = True
    for name, value, floor in rows:
        good = value >= floor or (name == "citations f1" and nothing)
        held = held and good
        print(f"{sys.argv[1]:8} {name:32} {value:.3f}  floor {floor:.2f}{'' if good else '  FELL SHORT'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
