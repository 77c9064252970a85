from django.urls import path

import accounts.converters  # noqa: F401  it registers "username"
from discovery import api, trend_api

urlpatterns = [
    path("search/tweets/", api.SearchTweetsView.as_view(), name="api_search_tweets"),
    path("search/people/", api.SearchPeopleView.as_view(), name="api_search_people"),
    path("complete/people/", api.CompletePeopleView.as_view(), name="api_complete_people"),
    path("complete/hashtags/", api.CompleteHashtagsView.as_view(), name="api_complete_hashtags"),
    path("trends/", trend_api.TrendsView.as_view(), name="api_trends"),
    path("suggestions/", trend_api.SuggestionsView.as_view(), name="api_suggestions"),
    path("suggestions/<username:username>/", trend_api.SuggestionView.as_view(), name="api_suggestion"),
]
