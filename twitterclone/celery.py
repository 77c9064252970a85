"""The Celery app. Queues: fanout (delivery), media, mail, upkeep (sweeps and the rest)."""

import os

from celery import Celery

from stores import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twitterclone.settings")

broker.use()
app = Celery("twitterclone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
