"""What went wrong in Mastodon, by advisory, tried here; docs/security.md has the table. Those about sockets are in
test_sockets.py.
"""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import actions, tokens
from accounts.access import lookup
from accounts.models import User
from tests import factories
from tests.post import posted
from tests.rest import error, only_error, rest, used
from tests.security.pages import inline
from tests.test_ownership import state
from tweets.actions import delete_tweet
from tweets.models import Tweet

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


def is_refused(browser: Client, calls: tuple[tuple[str, str], ...]) -> None:
    browser.get("/settings/")
    before = state()
    for method, path in calls:
        response = getattr(browser, method)(path, {}, content_type="application/json")
        assert response.status_code == 404, (method, path)
    assert state() == before


def test_ghsa_ww85_x9cp_5v24_settings_of_others_are_not_there(ada: User, grace: User, as_user: LogIn) -> None:
    tokens.issue(user=ada)
    is_refused(as_user(grace), (("post", f"/settings/tokens/{ada.personal_tokens.get().pk}/end/"),))
    assert ada.personal_tokens.count() == 1


def test_ghsa_f3q8_7vw3_69v4_tweets_of_others_are_not_deleted(ada: User, grace: User, as_user: LogIn) -> None:
    tweet = factories.tweet(ada)
    is_refused(as_user(grace), (("delete", f"/api/tweets/{tweet.pk}/"), ("post", f"/tweets/{tweet.pk}/delete/")))
    assert Tweet.objects.get(pk=tweet.pk).deleted_at is None


def test_ghsa_7jvv_fhmg_wpfw_apps_of_others_are_neither_seen_nor_changed(
    ada: User, grace: User, as_user: LogIn
) -> None:
    from tests.accounts.access.programs import app

    made, _ = app(ada)
    where = f"/settings/apps/{made.pk}/"
    is_refused(
        as_user(grace), (("get", where), ("post", where), ("post", f"{where}secret/"), ("post", f"{where}delete/"))
    )


def test_ghsa_hx34_2pfw_2qfj_an_identifier_of_another_kind_or_owner_opens_nothing(
    ada: User, grace: User, as_user: LogIn
) -> None:
    """The id of a thing of one's own, asked for as a thing of another kind, or under another's name."""
    mine, theirs = factories.tweet(grace), factories.tweet(ada)
    browser = as_user(grace)
    is_refused(
        browser,
        (
            ("post", f"/settings/tokens/{mine.pk}/end/"),
            ("post", f"/settings/sessions/{theirs.pk}/end/"),
            ("get", f"/settings/apps/{theirs.pk}/"),
            ("delete", f"/api/tweets/{theirs.pk}/"),
        ),
    )


@pytest.mark.parametrize("how", ["deleted", "suspended", "never there"])
def test_ghsa_gwhw_gcjx_72v8_what_may_not_be_seen_answers_like_what_does_not_exist(
    ada: User, grace: User, how: str
) -> None:
    tweet = factories.tweet(grace)
    hidden = 1 if how == "never there" else tweet.pk
    if how == "deleted":
        delete_tweet(tweet=tweet)
    elif how == "suspended":
        actions.suspend(user=grace)
    for client in (rest(), used(ada)):
        calls = [client.get(f"/api/tweets/{hidden}/"), client.get(f"/api/tweets/{hidden}/replies/")]
        if client.get("/api/users/me/").status_code == 200:
            calls += [client.post(f"/api/tweets/{hidden}/{verb}/") for verb in ("like", "bookmark", "retweet")]
        nowhere = client.get("/api/tweets/2/")
        assert {(each.status_code, each.content) for each in calls} == {(404, nowhere.content)}
    quotes = [used(ada).post("/api/tweets/", {"text": "x", "quote_of_id": str(each)}) for each in (hidden, 2)]
    assert len({(each.status_code, each.content) for each in quotes}) == 1
    assert quotes[0].status_code == 400


def protected_tweet(author: User) -> Tweet:
    actions.edit_profile(user=author, changes={"is_protected": True})
    return factories.tweet(author, "among friends")


@pytest.mark.parametrize("follows", [True, False])
def test_ghsa_8h43_rcqj_wpc6_nobody_else_quotes_what_a_protected_account_wrote(
    ada: User, grace: User, follows: bool
) -> None:
    if follows:
        factories.follow(grace, ada)
    tweet, caller = protected_tweet(ada), used(grace)
    before = state()
    response = caller.post("/api/tweets/", {"text": "look", "quote_of_id": str(tweet.pk)}, format="json")
    code = "protected" if follows else "nothing_to_quote"
    assert (response.status_code, only_error(response)) == (400, error(code, "quote_of_id"))
    assert state() == before


def test_ghsa_q4g8_82c5_9h33_what_waits_quotes_it_no_more_once_the_account_is_protected(ada: User, grace: User) -> None:
    factories.follow(grace, ada)
    tweet, caller = factories.tweet(ada), used(grace)
    words = {"tweets": [{"text": "look"}], "quote_of_id": str(tweet.pk)}
    waiting = caller.post("/api/drafts/", words, format="json").json()
    actions.edit_profile(user=ada, changes={"is_protected": True})
    before = Tweet.objects.count()
    response = caller.post(f"/api/drafts/{waiting['id']}/post/", format="json")
    assert (response.status_code, only_error(response)) == (400, error("protected", "quote_of_id"))
    assert Tweet.objects.count() == before


def test_ghsa_ccpr_m53r_mfwr_no_answer_for_one_is_kept_for_another(ada: User, grace: User, as_user: LogIn) -> None:
    tweet = factories.tweet(grace)
    used(ada).post(f"/api/tweets/{tweet.pk}/like/")
    where = f"/api/tweets/{tweet.pk}/"
    liked = [client.get(where).json()["viewer"]["liked"] for client in (used(ada), used(grace), rest(), used(ada))]
    assert liked == [True, False, False, True]
    for client in (used(ada), rest(), as_user(ada)):
        assert client.get(where)["Cache-Control"] == "private, no-store"
    for client in (as_user(ada), Client()):
        for page in ("/", "/grace/", f"/grace/status/{tweet.pk}/", "/settings/"):
            said = client.get(page)["Cache-Control"]
            assert "private" in said, page
            assert "no-cache" in said, page
            assert "public" not in said, page


def test_ghsa_f3q3_rmf7_9655_a_new_password_by_mail_ends_sessions_and_tokens(ada: User, as_user: LogIn) -> None:
    inside, token = as_user(ada), tokens.issue(user=ada)
    thief = Client()
    thief.post("/password/reset/", {"email": "ada@example.com"})
    [link] = re.findall(r"http://testserver(/password/reset/\S+)", str(posted()[-1].body))
    form = thief.get(link, follow=True).redirect_chain[-1][0]
    thief.post(form, {"password1": "battery staple 9", "password2": "battery staple 9"})
    assert User.objects.get().check_password("battery staple 9")
    assert inside.get("/settings/").status_code == 302
    assert lookup.find(token) is None


@pytest.mark.parametrize("where", ["//evil.example/", "/%2F/evil.example", "/\\evil.example/", "/%5Cevil.example"])
def test_ghsa_xqw8_4j56_5hj6_no_address_leads_away(client: Client, where: str) -> None:
    """Neither the slash that is added at an end, nor a name in the address."""
    for path in (where, where.rstrip("/")):
        response = client.get(path)
        assert response.status_code in (200, 301, 302, 400, 404)
        assert not re.match(r"(https?:)?[/\\]{2}(?!testserver)", response.get("Location", "/"))


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/users/me/", "name"),
        ("/api/users/me/", "bio"),
        ("/api/users/me/", "location"),
        ("/api/users/me/", "website"),
    ],
)
def test_ghsa_6x3w_9g92_gvf3_texts_of_a_profile_end_somewhere(ada: User, path: str, field: str) -> None:
    api = used(ada)
    before = state()
    long = "https://example.com/" + "x" * 100_000 if field == "website" else "x" * 100_000
    refused = api.patch("/api/users/me/", {field: long})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, field)
    assert state() == before


def test_ghsa_gg8q_rcg7_p79g_so_do_all_others(ada: User, as_user: LogIn) -> None:
    api, browser, long = used(ada), as_user(ada), "x" * 100_000
    browser.post("/login/confirm/", {"password": "correct horse"})
    app = {"name": "App", "kind": "public", "redirect_uris": "https://app.example/back"}
    before = state()
    refusals = [
        api.post("/api/tweets/", {"text": long}),
        api.post("/api/tweets/", {"text": "x"}, headers={"Idempotency-Key": long}),
        api.post("/oauth/register/", {"client_name": long, "redirect_uris": ["https://app.example/"]}),
        browser.post("/compose/", {"text": long}),
        browser.post("/settings/tokens/", {"name": long, "scopes": ["read"]}),
        browser.post("/settings/apps/new/", app | {"name": long}),
        browser.post(
            "/settings/apps/new/", app | {"redirect_uris": "\n".join(f"https://a.example/{n}" for n in range(11))}
        ),
    ]
    assert {each.status_code for each in refusals} <= {400, 422}
    new = {"username": long, "email": "h@example.com", "password1": "correct horse"}
    for fields in (
        {"username": long},
        {"username": "hedy", "name": long},
        {"username": "hedy", "email": f"{long}@x.example"},
    ):
        assert Client().post("/signup/", new | fields).status_code == 200
    assert state() == before


def test_ghsa_84ch_6436_c7mg_no_spelling_of_an_address_or_a_name_makes_another_caller(
    ada: User, settings: Settings
) -> None:
    """An address in other words, a whole network of IPv6, a forged header, a name in other letters."""
    settings.LIMITS = settings.LIMITS | {"read": settings.LIMITS["read"]._replace(buckets={"stranger": (1, 3600)})}

    def read(address: str) -> int:
        return Client(REMOTE_ADDR=address).get("/api/timelines/public/").status_code

    assert [read(each) for each in ("198.51.100.7", "::ffff:198.51.100.7")] == [200, 429]
    assert [read(each) for each in ("2001:db8::1", "2001:0DB8:0:0::ffff", "2001:db8:0:1::1")] == [200, 429, 200]
    for name in ("ada", "ADA", " ada ", "Ada", "aDA"):
        Client().post("/login/", {"login": name, "password": "wrong"})
    right = Client(HTTP_X_FORWARDED_FOR="203.0.113.9").post("/login/", {"login": "ada", "password": "correct horse"})
    assert right.status_code == 200


HOSTILE = (
    "<" * 200,
    "<b>" * 90,
    "&#x" + "9" * 250,
    "@" * 250,
    "#" * 250,
    "@a" * 120,
    "http://" * 35,
    "a." * 120,
    "https://example.com/" + "(" * 200,
    "]]>--><!--<![CDATA[",
    "🏳️‍🌈" * 60,
    "z" + "\u0335" * 10_000,
    "\u202e\u2066" * 100,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_ghsa_qrgq_9fx2_vf2r_no_text_breaks_what_shows_it(ada: User, as_user: LogIn, text: str) -> None:
    browser = as_user(ada)
    assert browser.post("/compose/", {"text": text}).status_code in (302, 422)
    assert used(ada).patch("/api/users/me/", {"name": text[:50], "bio": text[:160]}).status_code in (200, 400)
    for path in ("/", "/ada/", "/explore/", "/api/users/ada/tweets/"):
        response = browser.get(path)
        assert response.status_code == 200
        assert inline(response.content.decode()) == []


def test_ghsa_5r37_qpwq_2jhh_an_address_is_confirmed_by_whoever_reads_its_mail_and_nobody_else(
    ada: User, grace: User, as_user: LogIn
) -> None:
    browser = as_user(grace)
    EmailAddress.objects.create(user=grace, email=grace.email, primary=True, verified=True)
    browser.post("/login/confirm/", {"password": "correct horse"})
    browser.post("/settings/email/", {"action_add": "", "email": "boss@example.com"})
    added = EmailAddress.objects.get(email="boss@example.com")
    assert (added.verified, added.primary) == (False, False)
    browser.post("/settings/email/", {"action_primary": "", "email": "boss@example.com"})
    assert User.objects.get(pk=grace.pk).email == "grace@example.com"
    [link] = re.findall(r"http://testserver(/confirm-email/\S+)", str(posted()[-1].body))
    assert posted()[-1].to == ["boss@example.com"]
    altered = f"/confirm-email/{link.strip('/').rpartition('/')[2][:-2]}xx/"
    assert browser.post(altered).status_code == 404
    assert Client().get(link).status_code == 200  # a mail scanner follows links
    assert EmailAddress.objects.filter(email="boss@example.com", verified=True).count() == 0
    Client().post(link)
    assert EmailAddress.objects.get(email="boss@example.com", verified=True).user == grace
