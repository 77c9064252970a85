"""How often a tweet was answered, retweeted, quoted and liked; what was voted in polls; how many tweets have a tag."""

from stores.counts import Counter
from tweets.models import (
    MOST_CHOICES,
    Hashtag,
    Poll,
    PollCountChange,
    TagCountChange,
    Tweet,
    TweetCountChange,
)

tweets = Counter("tweet-counts", TweetCountChange, Tweet, ("replies", "retweets", "quotes", "likes"))
polls = Counter("poll-counts", PollCountChange, Poll, tuple(f"choice_{n}" for n in range(1, MOST_CHOICES + 1)))
tags = Counter("tag-counts", TagCountChange, Hashtag, ("tweets",))
