"""How often a tweet was answered, retweeted, quoted and liked."""

from stores.counts import Counter
from tweets.models import Tweet, TweetCountChange

tweets = Counter("tweet-counts", TweetCountChange, Tweet, ("replies", "retweets", "quotes", "likes"))
