"""How many follow a person, whom he follows, and what he wrote."""

from accounts.lists.models import List, ListCountChange
from accounts.models import PersonCountChange, User
from stores.counts import Counter

people = Counter("person-counts", PersonCountChange, User, ("followers", "following", "tweets"))
lists = Counter("list-counts", ListCountChange, List, ("members", "followers"))
