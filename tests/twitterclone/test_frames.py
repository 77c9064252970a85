"""What stands around a page: made once for everybody, with each viewer's own words in it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from tests import factories
from timelines import markers
from twitterclone import frames

pytestmark = pytest.mark.django_db

AsUser = Callable[[User], Client]


def page(client: Client, name: str = "home", *args: str) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def navigation(html: str) -> str:
    found = re.search(r'<nav class="nav".*?</nav>', html, re.DOTALL)
    assert found
    return found[0]


def keys(html: str) -> list[str]:
    return re.findall(r'name="idempotency_key" value="([^"]+)"', html)


def test_everybody_finds_himself_in_what_was_made_for_another(ada: User, grace: User, as_user: AsUser) -> None:
    for viewer, other in ((ada, grace), (grace, ada)):
        shown = navigation(page(as_user(viewer)))
        assert f"<bdi>{viewer.name}</bdi>" in shown
        assert f'href="/{viewer.username}/"' in shown
        assert other.username not in shown
        assert "\0" not in shown


def test_a_name_is_shown_as_text_whatever_it_is(as_user: AsUser) -> None:
    mallory = factories.person("mallory", name="<b>&amp;\"'")
    assert "<bdi>&lt;b&gt;&amp;amp;&quot;&#x27;</bdi>" in navigation(page(as_user(mallory)))


def test_one_is_where_one_is(ada: User, grace: User, as_user: AsUser) -> None:
    client = as_user(ada)
    here = r'href="([^"]+)"\s+aria-current="page"'
    assert re.findall(here, navigation(page(client))) == ["/"]
    assert re.findall(here, navigation(page(client, "explore"))) == ["/explore/"]
    assert re.findall(here, navigation(page(client, "profile", "ada"))) == ["/ada/"]
    assert re.findall(here, navigation(page(client, "profile", "grace"))) == []
    within = r'href="([^"]+)"\s+aria-current="true"'
    for name, current in (("sessions", ["/settings/"]), ("mfa_index", ["/settings/"]), ("settings", []), ("home", [])):
        assert re.findall(within, navigation(page(client, name))) == current


def test_every_page_has_a_form_key_and_a_token_of_its_own(ada: User, as_user: AsUser) -> None:
    client = as_user(ada)
    first, second = page(client), page(client)
    assert len({*keys(first), *keys(second)}) == 2
    tokens = [set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)) for html in (first, second)]
    assert [len(each) for each in tokens] == [1, 1]
    assert tokens[0].isdisjoint(tokens[1])


def test_who_is_not_logged_in_is_shown_the_way_in(ada: User, client: Client, as_user: AsUser) -> None:
    page(as_user(ada), "explore")
    shown = navigation(page(client, "explore"))
    assert 'href="/login/"' in shown
    assert "Log out" not in shown


def test_a_frame_is_made_once_but_anew_while_templates_are_written(settings: Settings) -> None:
    made = []

    @frames.frame
    def greeting(name: str) -> str:
        made.append(name)
        return f"Hello, {name}{frames.mark('sign')}"

    assert frames.fill(greeting("Ada"), {"sign": "<"}) == "Hello, Ada&lt;"
    assert frames.fill(greeting("Ada"), {"sign": "!"}) == "Hello, Ada!"
    assert made == ["Ada"]
    settings.DEBUG = True
    assert frames.fill(greeting("Ada"), {"sign": "?"}) == "Hello, Ada?"
    assert made == ["Ada", "Ada"]


def test_home_is_the_same_page_whether_it_is_kept_or_not(
    ada: User, grace: User, as_user: AsUser, drain: Callable[[], None]
) -> None:
    factories.follow(ada, grace)
    for _ in range(21):
        factories.tweet(grace)
    drain()
    client = as_user(ada)
    client.post(reverse("mute_conversation", args=[factories.tweet(grace).pk]))
    drain()
    whole, kept = page(client), page(client)
    assert "This conversation is muted" in whole
    assert "This conversation is muted" not in kept
    assert comparable(kept) == comparable(whole)
    assert kept.count('<article class="tweet"') == 20


def comparable(html: str) -> list[str]:
    """A page without what it tells once, and what differs from one to the next."""
    html = re.sub(r'<p class="notice.*?</p>', "", html, flags=re.DOTALL)
    html = re.sub(r'(name="(?:idempotency_key|csrfmiddlewaretoken)" value=)"[^"]+"', r"\1", html)
    return html.split()


def test_the_kept_home_says_to_each_what_is_his(ada: User, grace: User, as_user: AsUser) -> None:
    for viewer, other in ((ada, grace), (grace, ada)):
        tweet = factories.tweet(viewer)
        markers.move(reader=viewer, last_read_id=tweet.pk, version=0)
        shown = page(as_user(viewer))
        assert f'data-viewer="{viewer.pk}"' in shown
        assert f'data-read="{tweet.pk}"' in shown
        assert f'data-newest="{tweet.pk}"' in shown
        assert 'data-read-version="1"' in shown
        assert f'data-viewer="{other.pk}"' not in shown
        assert "\0" not in shown
        assert "Nothing here yet" not in shown
    assert "Nothing here yet" in page(as_user(factories.person("newcomer")))
