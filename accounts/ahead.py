"""What a view will ask Redis first, asked along with the question whether its call may go on.

A conversation with Redis costs more than most of what is said in it (`bench.limits`), and for a view that is asked for
very often it is known beforehand what the first one will be about. What was answered waits with the request, for the
account for which it was asked; a view that finds nothing there asks for itself.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from django.http import HttpRequest

from stores.wire import Command

View = TypeVar("View", bound=Callable[..., Any])
Questions: TypeAlias = Callable[[int, HttpRequest], Sequence[Command]]
"""Makes the questions, from the id of the account that calls. They may be asked in vain, also
for a call that is then refused, so they change nothing but how long something is kept."""


def asks_ahead(questions: Questions) -> Callable[[View], View]:
    """Let a view's first questions be asked before it begins; the outermost of its decorators."""

    def declare(view: View) -> View:
        view.ahead = questions  # type: ignore[attr-defined]
        return view

    return declare


def declared(view: Any) -> Questions | None:
    """
    Args:
        view: a function, or a class.
    """
    found: Questions | None = getattr(view, "ahead", None)
    return found


def questions(view: Any, account: int | None, request: HttpRequest) -> Sequence[Command]:
    """What a view wants to know about an account; nothing where there is none."""
    make = declared(view)
    return make(account, request) if make and account is not None else ()


def keep(request: HttpRequest, account: int | None, answers: Sequence[Any]) -> None:
    if answers:
        request.ahead = account, answers  # type: ignore[attr-defined]


def answers(request: HttpRequest, account: int) -> Sequence[Any]:
    """What Redis said, in the order of the questions; nothing if it was not asked, or not for this account."""
    asked_for, kept = getattr(request, "ahead", (None, ()))
    return kept if asked_for == account else ()
