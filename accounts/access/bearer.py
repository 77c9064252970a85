"""The token of a request, from its Authorization header; never from its address, which ends up in logs."""

from django.http import HttpRequest


def bearer_token(request: HttpRequest) -> str | None:
    """
    Returns:
        What was sent as a bearer token, "" if nothing or several things were; None if other credentials, or none, are.
    """
    scheme, _, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = token.strip()
    return "" if " " in token else token
