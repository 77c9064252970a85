"""What a browser would run, or be led to, in a page."""

from collections.abc import Sequence
from html.parser import HTMLParser

_LINKS = {"href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        if tag == "style" or (tag == "script" and "src" not in named and named.get("type") != "application/json"):
            self.inline.append(tag)
        for name, value in attrs:
            if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc"):
                self.inline.append(f"{tag} {name}")
            if name in _LINKS:
                self.links.append((value or "").strip())


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def inline(html: str) -> list[str]:
    """What a strict Content-Security-Policy forbids: scripts, styles and handlers in the page itself."""
    reader = read(html)
    scripts = [link for link in reader.links if link.lower().replace("\t", "").startswith(("javascript:", "vbscript:"))]
    return reader.inline + scripts
