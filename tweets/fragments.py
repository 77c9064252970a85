"""Tweets of a feed as finished HTML, kept in Redis by what they say.

A template takes about a millisecond a tweet, fifty times what everything else about it costs. So what it made is kept
under a digest of all that went in: the tweet's JSON (counts and the viewer's marks are part of it), who looks, as far
as that matters, and the templates. Nothing kept can be out of date; what is no longer asked for expires. The two things
that differ from moment to moment, the form's token and how long ago it was, are left as marks and put in at the end.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.template import loader
from django.templatetags.static import static
from django.utils.safestring import SafeString

from stores import redis, wire
from tweets.moments import ago, left

TEMPLATE = "tweets/_tweet.html"
KEPT_SECONDS = 600

# No text can hold a NUL: PostgreSQL does not take it.
CSRF_MARK = "\0csrf\0"
_MARKS = re.compile(r"\0(?:csrf|(ago|left) (\d+))\0")


_SAYS = {"ago": ago, "left": left}


def ago_mark(moment: datetime) -> str:
    """Stands for "how long ago" in HTML that is kept."""
    return f"\0ago {int(moment.timestamp())}\0"


def left_mark(moment: datetime) -> str:
    """Stands for "how long until then" in HTML that is kept."""
    return f"\0left {int(moment.timestamp())}\0"


def html(tweets: Sequence[bytes], request: HttpRequest, token: str) -> SafeString:
    """These tweets (the API's JSON of each) for this viewer's page.

    Args:
        token: the page's, against forged forms. Asking for one per tweet, each masked anew, was a quarter of a page.
    """
    return SafeString("".join(pieces(tweets, request, token)))


def pieces(tweets: Sequence[bytes], request: HttpRequest, token: str) -> list[SafeString]:
    """The same, each for itself."""
    name = request.user.get_username().encode()
    keys = [_key(tweet, name) for tweet in tweets]
    kept = _kept(keys)
    made = {key: _render(tweet, request) for key, tweet, text in zip(keys, tweets, kept, strict=True) if text is None}
    _keep(made)
    texts = [text.decode() if text else made[key] for key, text in zip(keys, kept, strict=True)]
    return [SafeString(_fill(text, token)) for text in texts]  # templates made it, marks become tokens and times


def _key(tweet: bytes, name: bytes) -> str:
    """All that the template looks at: of the viewer, whether he is logged in, and his name where it occurs."""
    concerned = name if name and b'"username":"%b"' % name in tweet else b"member" if name else b""
    digest = blake2b(tweet, digest_size=16, key=concerned, person=_version())
    return f"html:{digest.hexdigest()}"


@cache
def _version() -> bytes:
    """A digest of the templates, and of where their icons lie."""
    sources = [path.read_bytes() for path in sorted(Path(settings.BASE_DIR, "templates", "tweets").glob("_*.html"))]
    return blake2b(b"".join([*sources, static("images/icons.svg").encode()]), digest_size=16).digest()


def _kept(keys: Sequence[str]) -> Sequence[bytes | None]:
    try:
        return wire.ask([("MGET", *keys)])[0] if keys else []
    except redis.RedisError:
        return [None] * len(keys)


def _keep(made: dict[str, str]) -> None:
    try:
        wire.ask([("SET", key, text, "EX", KEPT_SECONDS) for key, text in made.items()])
    except redis.RedisError:
        pass  # the next reader makes it again


def _render(tweet: bytes, request: HttpRequest) -> str:
    context = {"entry": orjson.loads(tweet), "request": request, "csrf_token": CSRF_MARK, "is_kept": True}
    return loader.get_template(TEMPLATE).render(context)


def _fill(text: str, token: str) -> str:
    def filled(mark: re.Match[str]) -> str:
        return _SAYS[mark[1]](datetime.fromtimestamp(int(mark[2]), UTC)) if mark[1] else token

    return _MARKS.sub(filled, text)
