"""How many follow a person, whom he follows, and what he wrote."""

from accounts.models import PersonCountChange, User
from stores.counts import Counter

people = Counter("person-counts", PersonCountChange, User, ("followers", "following", "tweets"))
