#!/usr/bin/env python
"""The project's command line: ``python site/manage.py COMMAND``."""

import sys
from pathlib import Path


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    sys.path[:0] = [str(root / "site"), str(root)]
    from django.core.management import execute_from_command_line

    from config.start import settings_or_exit

    settings_or_exit(serving=False)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
