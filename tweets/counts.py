"""How often a tweet was answered, retweeted, quoted and liked; how many tweets have a tag."""

from stores.counts import Counter
from tweets.models import Hashtag, TagCountChange, Tweet, TweetCountChange

tweets = Counter("tweet-counts", TweetCountChange, Tweet, ("replies", "retweets", "quotes", "likes"))
tags = Counter("tag-counts", TagCountChange, Hashtag, ("tweets",))
