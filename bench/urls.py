"""The addresses of the site and, beside them, the yardsticks."""

from django.urls import include, path

from bench import yardsticks

urlpatterns = [
    path("api/yardsticks/bare/", yardsticks.bare),
    path("api/yardsticks/constant/", yardsticks.Constant.as_view()),
    path("api/yardsticks/naive/", yardsticks.Naive.as_view()),
    path("", include("twitterclone.urls")),
]
