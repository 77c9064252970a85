"""A single tweet as plain data, for pages."""

from typing import Any, TypeAlias

from django.http import Http404

from accounts.models import User
from tweets import presenting

Shown: TypeAlias = dict[str, Any]
"""A tweet as the API's plain data."""


def shown(tweet_id: int, viewer: User) -> Shown | None:
    """A tweet, None if it can't be seen."""
    found: Shown | None = presenting.gather([tweet_id], viewer.pk).shown(tweet_id)
    return found


def there(found: Shown | None) -> Shown:
    """A tweet that may have gone since it was found.

    Raises:
        Http404: it has.
    """
    if found is None:
        raise Http404
    return found
