from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from timelines import demo


class Command(BaseCommand):
    help = "Loads a small demo network into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("logins", nargs="*", metavar="username", help="who of it can log in, such as ada and grace")
        parser.add_argument("--password", help="with which they can")

    def handle(self, *, logins: list[str], password: str | None, **options: Any) -> None:
        try:
            people, tweets = demo.load(logins, password)
        except demo.NotEmpty:
            self.stdout.write("People live here already; the demo network was not loaded.")
        else:
            self.stdout.write(f"Loaded {people} people and {tweets} tweets.")
