from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import openapi, receivers  # noqa: F401  openapi registers itself

        receivers.connect()
