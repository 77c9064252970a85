"""How much of everything is measured: as the table asks for, or so little that it shows only that the bench runs."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Size:
    """
    Attributes:
        people, follows, tweets: of the usual world: how many follow how many, and wrote how much altogether.
        readers: who read in rotation.
        seconds: how long one run of load takes; 0 asks for everything once.
        rounds: of how many the median is taken.
        drained, posted: tweets that are fanned out, posted beforehand in each round, or by POST.
        archives: how many tweets other worlds hold, of as many people.
        followed, pulled: how many people, or crowds, readers follow to be compared.
        cold: readers who come to a cold inbox in each round.
        published: tweets looked after until their last reader can see them.
        followers: of those who are pushed; `crowd` of the one who is pulled.
        sockets: open at once.
        likes: in each round.
        recent: tweets of somebody who has written much lately.
        groups, likers: tweets of somebody who has been told of very many likes, and who liked each.
    """

    people: int
    follows: int
    tweets: int
    readers: int
    seconds: int
    rounds: int
    drained: int
    posted: int
    archives: tuple[int, ...]
    followed: tuple[int, ...]
    pulled: tuple[int, ...]
    cold: int
    published: int
    followers: tuple[int, ...]
    crowd: int
    sockets: int
    likes: int
    recent: int
    groups: int
    likers: int


FULL = Size(
    people=20_000,
    follows=100,
    tweets=200_000,
    readers=1_000,
    seconds=3,
    rounds=5,
    drained=25_000,
    posted=5_000,
    archives=(20_000, 2_000_000),
    followed=(10, 100, 1_000, 5_000),
    pulled=(10, 100),
    cold=100,
    published=200,
    followers=(1_000, 10_000),
    crowd=1_000_000,
    sockets=2_000,
    likes=10_000,
    recent=800,
    groups=1_000,
    likers=1_000,
)
SMALL = Size(
    people=200,
    follows=10,
    tweets=2_000,
    readers=20,
    seconds=1,
    rounds=1,
    drained=100,
    posted=50,
    archives=(1_000, 4_000),
    followed=(10, 100),
    pulled=(10,),
    cold=5,
    published=5,
    followers=(20, 100),
    crowd=500,
    sockets=20,
    likes=50,
    recent=80,
    groups=30,
    likers=50,
)
TINY = replace(
    SMALL,
    people=40,
    tweets=300,
    seconds=0,
    drained=20,
    posted=20,
    archives=(100, 400),
    followed=(5, 10),
    followers=(5, 10),
    likes=10,
    recent=20,
    groups=22,
)
BY_NAME = {"full": FULL, "small": SMALL, "tiny": TINY}
