from django.apps import AppConfig


class TwittercloneConfig(AppConfig):
    name = "twitterclone"
