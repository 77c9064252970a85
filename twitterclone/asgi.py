"""Sockets at /live/; everything else too, for installations small enough for one process."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twitterclone.settings")
http = get_asgi_application()

# Models need the app registry set up above.
from accounts.access.sockets import Doorkeeper  # noqa: E402
from timelines.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": Doorkeeper(URLRouter(websocket_urlpatterns)),
    }
)
