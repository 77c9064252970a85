"""A second factor beside the password: codes of an app (TOTP), and recovery codes for the day the phone is gone."""

import base64
from functools import cache

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import User


def is_set_up(user: User) -> bool:
    return bool(is_mfa_enabled(user))


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth comes without types
    """Keeps secrets encrypted: who reads the database alone can make no codes."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()


@cache
def _keys() -> MultiFernet:
    """The site's secret, and those it had before (SECRET_KEY_FALLBACKS)."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashed = [salted_hmac("accounts.second_factor", "", secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in hashed])
