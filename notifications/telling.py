"""Tells open pages that their viewers have other notifications than before; a hint, as all of them: docs/adr/0006."""

from collections.abc import Collection

from notifications import unread
from timelines import live


def tell(person_ids: Collection[int]) -> None:
    """To be called after the commit that changed what these people have. Nobody fails because nobody could be told."""
    unread.forget(person_ids)
    live.publish([live.notified(each) for each in sorted(person_ids)])
