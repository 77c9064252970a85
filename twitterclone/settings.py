"""All settings, read from the environment; the README's configuration table explains each.

Nothing here starts or contacts a server. `manage.py`, `twitterclone.launch` and the tests see to it that
DATABASE_URL and REDIS_URL name servers that run.
"""

from pathlib import Path
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from accounts.access.scopes import SCOPES
from twitterclone import beat, limits, proxies

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()

# --- What kind of installation this is ---------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="insecure-debug-key" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. Set it in the environment, or DEBUG=1 for development.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
SITE_NAME = env.str("SITE_NAME", default="Chirp")
# The address of the site, such as https://chirp.example: written before every address in JSON. Empty: paths only.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
# Where the page finds the socket. "{host}" is the name the page was asked by; "" means the page's own origin.
LIVE_URL = env.str("LIVE_URL", default="")

# --- The parts ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "stores",
    "accounts",
    "tweets",
    "timelines",
    "notifications",
    "drafts",
    "discovery",
    "twitterclone",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_htmx",
    "csp",
    "channels",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "accounts.middleware.LimitsMiddleware",
    "twitterclone.middleware.TokenLane",
    "twitterclone.middleware.Isolation",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "twitterclone.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.access.middleware.NoteSession",
]

ROOT_URLCONF = env.str("ROOT_URLCONF", default="twitterclone.urls")
WSGI_APPLICATION = "twitterclone.wsgi.application"
ASGI_APPLICATION = "twitterclone.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "twitterclone.context.site",
            ],
        },
    }
]

# --- PostgreSQL --------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///twitterclone")}
DATABASES["default"] |= {
    "HOST": unquote(DATABASES["default"]["HOST"]),  # a socket's folder is written as %2Fpath; environ leaves it so
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"connect_timeout": 3},
}
# Seconds after which PostgreSQL ends a transaction. Cursors rely on it: see docs/adr/0005. 0 means never (migrations).
TRANSACTION_TIMEOUT = env.int("TRANSACTION_TIMEOUT", default=10)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: one address for each role, one server for all by default ---------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
TIMELINES_REDIS_URL = env.str("TIMELINES_REDIS_URL", default=REDIS_URL)
CACHE_REDIS_URL = env.str("CACHE_REDIS_URL", default=REDIS_URL)
BROKER_REDIS_URL = env.str("BROKER_REDIS_URL", default=REDIS_URL)
CHANNELS_REDIS_URL = env.str("CHANNELS_REDIS_URL", default=REDIS_URL)

_REDIS_OPTIONS = {
    "REDIS_CLIENT_CLASS": "stores.redis.GuardedRedis",
    "SOCKET_CONNECT_TIMEOUT": 0.1,
    "SOCKET_TIMEOUT": 0.25,
    # One more try for a connection that went stale with a restarted server; none for a server that is slow.
    "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))},
}
CACHES = {
    "default": {
        "BACKEND": "stores.cache.LenientCache",
        "LOCATION": CACHE_REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": _REDIS_OPTIONS | {"IGNORE_EXCEPTIONS": True},
    },
    "timelines": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": TIMELINES_REDIS_URL,
        "OPTIONS": _REDIS_OPTIONS,
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
REDIS_BREAK_SECONDS = 2.0
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "timelines.layer.Layer",
        "CONFIG": {"hosts": [CHANNELS_REDIS_URL], "prefix": "live"},
    }
}

# --- Celery ------------------------------------------------------------------------------------------------------


def _broker_address(url: str) -> str:
    """Kombu writes a Redis on a Unix socket as redis+socket://, everybody else as unix://."""
    return url.replace("unix://", "redis+socket://", 1)


CELERY_BROKER_URL = _broker_address(BROKER_REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 5, "visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "timelines.tasks.drain": "fanout",
    "timelines.tasks.sweep": "fanout",
    "notifications.tasks.drain": "fanout",
    "notifications.tasks.sweep": "fanout",
    "accounts.tasks.send_mails": "mail",
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_DB_REUSE_MAX = 1000  # tasks for which a connection is kept, if CONN_MAX_AGE allows; see stores.postgres
CELERY_BEAT_SCHEDULE = beat.SCHEDULE

# --- Timelines: docs/architecture.md explains them ---------------------------------------------------------------

INBOX_SIZE = env.int("INBOX_SIZE", default=800)
INBOX_DAYS = env.int("INBOX_DAYS", default=30)
FANOUT_LIMIT = env.int("FANOUT_LIMIT", default=10_000)
PARTITIONS = env.int("PARTITIONS", default=64)

# --- People ------------------------------------------------------------------------------------------------------

# Usernames are unique whatever their case, by a constraint that the check does not understand.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.access.backends.SessionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.access.hashers.SecretHasher",  # for what nobody could guess: the secrets of apps
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="optional")
ACCOUNT_USERNAME_MIN_LENGTH = 1
ACCOUNT_USERNAME_VALIDATORS = "accounts.usernames.VALIDATORS"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("TRUST_PROXY", default=False) else 0
ACCOUNT_RATE_LIMITS = False  # LIMITS, below, hold instead
MFA_ADAPTER = "accounts.access.second_factor.Adapter"
MFA_FORMS = {name: f"accounts.access.codes.{name.capitalize()}Form" for name in ("authenticate", "reauthenticate")}
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Chirp <noreply@localhost>")

# --- Limits: docs/limits.md --------------------------------------------------------------------------------------

LIMITS = {name: limit.times(env.float("LIMITS_FACTOR", default=1)) for name, limit in limits.LIMITS.items()}
# Whose X-Forwarded-For is believed: how many proxies stand before us, or their networks.
TRUSTED_PROXIES = proxies.parsed(env.str("TRUSTED_PROXIES", default=""))

# --- Apps and tokens: docs/adr/0010 ------------------------------------------------------------------------------

OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.Application"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "accounts.access.server.Server",
    "OAUTH2_VALIDATOR_CLASS": "accounts.access.validator.Validator",
    "SCOPES_BACKEND_CLASS": "accounts.access.scopes.Scopes",
    "SCOPES": SCOPES,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 120,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * 24 * 3600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "CLIENT_SECRET_HASHER": "secret_sha256",
    "CLIENT_SECRET_GENERATOR_LENGTH": 64,
    "OIDC_ISS_ENDPOINT": SITE_URL,
    "DCR_ENABLED": True,
    "DCR_REGISTRATION_PERMISSION_CLASSES": ("accounts.access.registration.ByMembers",),
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "client_credentials", "refresh_token"],
    "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": ["client_secret_basic", "client_secret_post", "none"],
    "OAUTH2_PROTECTED_RESOURCE_NAME": SITE_NAME,
} | dict.fromkeys(
    (
        # The recommendations of RFC 9700 that are not the library's defaults yet.
        "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
        "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT",
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD",
        "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT",
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS",
        "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE",
        "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN",
        "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING",
        "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED",
    ),
    True,
)
# http redirects lead to the device itself only: accounts.models.Application sees to that.
SILENCED_SYSTEM_CHECKS += ["oauth2_provider.W008"]

# --- REST --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "twitterclone.negotiation.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["twitterclone.parsing.BodyParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.LimitsThrottle"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_SCHEMA_CLASS": "accounts.schema.Schema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "twitterclone.api.Errors",
    "ERROR_SCHEMAS": dict.fromkeys(
        (400, 401, 403, 404, 405, 406, 415, 429, 500), "accounts.serializers.ErrorSerializer"
    ),
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "DESCRIPTION": f"Post, follow and read timelines.\n\n## Limits\n\n{limits.for_programs()}",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# --- Files -------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_HANDLERS = [
    "accounts.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "twitterclone.staticfiles.StaticFilesStorage"
    },
}

# --- Headers -----------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *env.list("LIVE_SOURCES", default=[])],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# What a browser can do beyond showing pages, and no page of ours asks it for.
_UNUSED = (
    "accelerometer bluetooth browsing-topics camera clipboard-read display-capture encrypted-media geolocation "
    "gyroscope hid idle-detection local-fonts magnetometer microphone midi payment screen-wake-lock serial sync-xhr "
    "usb window-management xr-spatial-tracking"
)
PERMISSIONS_POLICY: dict[str, list[str]] = {feature: [] for feature in _UNUSED.split()}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "twitterclone.notices.Storage"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # scripts find the token in the page
SESSION_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("TRUST_PROXY", default=False) else None
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

# --- Language, time, logs ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
