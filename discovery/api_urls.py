from django.urls import path

from discovery import api

urlpatterns = [
    path("search/tweets/", api.SearchTweetsView.as_view(), name="api_search_tweets"),
    path("search/people/", api.SearchPeopleView.as_view(), name="api_search_people"),
    path("complete/people/", api.CompletePeopleView.as_view(), name="api_complete_people"),
    path("complete/hashtags/", api.CompleteHashtagsView.as_view(), name="api_complete_hashtags"),
]
