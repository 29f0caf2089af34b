"""An applicant's process of its own: files the drafts it is told of (`DRAFT NUMBER`, a line each), says the outcome."""

from __future__ import annotations

import sys

from engine.bootstrap import opened
from engine.errors import ZhunyuError
from engine.settings import load
from tests.flow.world import session


def main() -> None:
    """Until the orders end."""
    with opened(load()) as zhunyu:
        zhunyu.shelf.cards()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for line in sys.stdin:
            draft, number = line.split()
            try:
                said = zhunyu.cases.submit(session(int(number)), draft, "").status.value
            except ZhunyuError as error:
                said = error.code
            sys.stdout.write(said + "\n")
            sys.stdout.flush()
        zhunyu.facts.close()


if __name__ == "__main__":
    main()
