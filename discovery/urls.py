from django.urls import path

from discovery import views

urlpatterns = [path("search/", views.results, name="search")]
