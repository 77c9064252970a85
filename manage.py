#!/usr/bin/env python
import os
import sys

from twitterclone import services


def main() -> None:
    try:
        held = services.hold()
    except services.Unavailable as problem:
        sys.exit(str(problem))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twitterclone.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    finally:
        held.release()


if __name__ == "__main__":
    main()
