"""What must not cost more because there is much: following who has written much, being told of very many likes, search
among very many tweets."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from urllib.parse import quote

from django.utils import timezone

from bench import calls, copying, posting, readers, searching, world
from bench.load import Request
from bench.measuring import Done, Result, Rounds, in_turn, share, total
from bench.rows.row01 import HOME
from bench.sizes import Size
from bench.stage import Stage
from notifications.models import NAMED, Kind, Notification, NotificationActor
from tweets.models import Like, Tweet

PAGE = 20
FEW = 8
MOST_MORE = 1.3


def measure(stage: Stage, size: Size) -> Result:
    shape = world.Shape(size.people, size.follows, size.tweets)
    world.build(shape)
    result = Result("What stands behind must not be paid for", "call")
    _following(stage, size, result)
    _notifications(stage, size, result)
    _searching(stage, size, result)
    result.notes.append(
        f"`follow`, `unfollow`: POST and DELETE by {size.cold} readers who follow {size.follows} others, of an author "
        "with so many tweets, all newer than those of the others; CPU with web, worker and beat until the event is "
        f"dealt with. `home after`: the reader's next page, which rebuilds the inbox. Constant is taken for at most "
        f"{MOST_MORE} times. `notifications`: a page of {PAGE} groups of likes, each naming {NAMED} people, of an "
        f"account with {size.groups * size.likers:,} likes of {size.groups:,} tweets, and of one with {PAGE * NAMED} "
        f"of {PAGE}; likes and groups by COPY. `search`: the latest {PAGE} that are found; the rare word is in {PAGE} "
        "tweets whatever their number, the common one in most."
    )
    return result


# --- Follows -----------------------------------------------------------------------------------------------------


def _following(stage: Stage, size: Size, result: Result) -> None:
    authors = {f"of {tweets} tweets": _author(tweets) for tweets in (FEW, size.recent)}
    reader_ids = list(range(1, size.cold + 1))
    readers.warm_up(reader_ids)
    headers = readers.bearers(reader_ids)
    copying.tidy()
    works: dict[str, Callable[[], Done]] = {}
    for name, author in authors.items():
        works |= _works(stage, name, author, headers)
    with stage.running("web", "worker", "beat"):
        for work in works.values():
            work()
        rounds = in_turn(stage, works, size.rounds)
    result.lines |= {name: rounds.median(name) for name in rounds.names()}
    few, many = authors
    for step in ("follow", "home after a follow", "unfollow", "home after an unfollow"):
        ratio = rounds.ratio(f"{step}, {many}", f"{step}, {few}", total)
        result.at_most(f"CPU, {step}: {many}, over {few} (at most {MOST_MORE})", ratio, MOST_MORE)


def _author(tweets: int) -> str:
    """The name of somebody who has just written so much."""
    (author_id,) = world.newcomers(1)
    posting.leave_undelivered()
    posting.post([author_id] * tweets)
    posting.forget_events()
    return f"p{author_id}"


def _works(stage: Stage, name: str, author: str, headers: Sequence[str]) -> Mapping[str, Callable[[], Done]]:
    address = f"/api/users/{author}/follow/"
    homes = partial(calls.make, stage, [Request(HOME, each) for each in headers])
    return {
        f"follow, {name}": partial(_change, stage, [Request(address, each, "POST") for each in headers]),
        f"home after a follow, {name}": homes,
        f"unfollow, {name}": partial(_change, stage, [Request(address, each, "DELETE") for each in headers]),
        f"home after an unfollow, {name}": homes,
    }


def _change(stage: Stage, requests: Sequence[Request]) -> Done:
    done = calls.make(stage, requests)
    posting.wait_until_delivered()
    return done


# --- Notifications -----------------------------------------------------------------------------------------------


def _notifications(stage: Stage, size: Size, result: Result) -> None:
    few, many = "notifications, few likes", f"notifications, {size.groups * size.likers:,} likes"
    people = {few: _liked(PAGE, NAMED), many: _liked(size.groups, size.likers)}
    copying.tidy()
    pages = {name: [Request("/api/notifications/", each)] * size.cold for name, each in people.items()}
    with stage.running("web"):
        for each in pages.values():
            calls.make(stage, each)
        works = {name: partial(calls.make, stage, each) for name, each in pages.items()}
        rounds = in_turn(stage, works, size.rounds)
    result.lines |= {name: rounds.median(name) for name in rounds.names()}
    ratio = rounds.ratio(many, few, total)
    result.at_most(f"CPU, {many}, over few (at most {MOST_MORE})", ratio, MOST_MORE)


def _liked(groups: int, likers: int) -> str:
    """Credentials of somebody so many of whose tweets so many have liked, and who has been told of it."""
    (author_id,) = world.newcomers(1)
    posting.leave_undelivered()
    posting.post([author_id] * groups)
    posting.forget_events()
    tweet_ids = list(Tweet.objects.filter(author=author_id).order_by("pk").values_list("pk", flat=True))
    copying.copy(Like, ("user_id", "tweet_id"), ((each, tweet) for tweet in tweet_ids for each in range(1, likers + 1)))
    first = _ABOVE_ALL + Notification.objects.count()
    numbers = range(first, first + groups)
    told = (_group(each, author_id, tweet, likers) for each, tweet in zip(numbers, tweet_ids, strict=True))
    copying.copy(Notification, _COLUMNS, told)
    rows = ((number, each) for number in numbers for each in range(1, likers + 1))
    copying.copy(NotificationActor, ("notification_id", "actor_id"), rows)
    (header,) = readers.bearers([author_id])
    return header


_ABOVE_ALL = 10**9  # ids and positions that others got
_COLUMNS = ("id", "recipient_id", "kind", "tweet_id", "position", "count", "actors", "friends", "latest_at")


def _group(number: int, recipient_id: int, tweet_id: int, likers: int) -> copying.Row:
    newest = ",".join(map(str, range(likers, max(0, likers - NAMED), -1)))
    return (
        *(number, recipient_id, Kind.LIKE.value, tweet_id, number, likers),
        *(f"{{{newest}}}", "{}", timezone.now()),
    )


# --- Search ------------------------------------------------------------------------------------------------------

_SEARCHES = {
    "rare word": searching.RARE,
    "common word": searching.COMMON,
    "from: somebody": "from:p1",
    "common word from: somebody": f"{searching.COMMON} from:p1",
}


def _searching(stage: Stage, size: Size, result: Result) -> None:
    for tweets in size.archives:
        world.build(world.Shape(size.people, size.follows, tweets))
        searching.index(rare=PAGE)
        rounds = _search(stage, size)
        result.lines |= {f"search, {what}, {tweets:,} tweets": rounds.median(what) for what in _SEARCHES}
    fewest, most = (f"{tweets:,} tweets" for tweets in (min(size.archives), max(size.archives)))
    for what in _SEARCHES:
        few, many = (result.lines[f"search, {what}, {tweets}"] for tweets in (fewest, most))
        ratio = share(many.total, few.total)
        result.at_most(f"CPU, search, {what}: of {most}, over {fewest} (at most {MOST_MORE})", ratio, MOST_MORE)


def _search(stage: Stage, size: Size) -> Rounds:
    (header,) = readers.bearers([1])
    asked = {
        what: [Request(f"/api/search/tweets/?q={quote(words)}", header)] * size.cold
        for what, words in _SEARCHES.items()
    }
    with stage.running("web"):
        for each in asked.values():
            calls.make(stage, each)
        return in_turn(stage, {what: partial(calls.make, stage, each) for what, each in asked.items()}, size.rounds)
