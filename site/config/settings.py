"""The project's settings. Everything that differs between machines is an environment variable, see docs/settings.md."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import validate

from config import production
from config.environment import ROOT, admin_path, database, front_end_address, read, release, tiles_address
from config.keys import key, passing_key

ENVIRONMENT = production.environment(os.environ)
BUILDING = ENVIRONMENT == production.BUILD
if ENVIRONMENT not in production.KINDS:
    raise ImproperlyConfigured(
        f"ENVIRONMENT is {ENVIRONMENT!r}, but must be one of {', '.join(production.KINDS)} (or unset)."
    )
if ENVIRONMENT == production.PRODUCTION and (sentence := production.weakness(os.environ)):
    raise ImproperlyConfigured(sentence)

DATA_DIR = Path(read("str", "DATA_DIR", str(ROOT / "var")))
DEBUG = read("bool", "DEBUG", False)
SECRET_KEY = passing_key() if BUILDING else key("SECRET_KEY", DATA_DIR)
# Signs the addresses of image renditions. Kept apart from SECRET_KEY: stored documents hold these addresses,
# so rotating the session key must not break them.
MEDIA_SIGNING_KEY = passing_key() if BUILDING else key("MEDIA_SIGNING_KEY", DATA_DIR)
ALLOWED_HOSTS = read("list", "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = read("list", "CSRF_TRUSTED_ORIGINS", [])
# Part of every page's validator: pages of an older release are asked for anew.
RELEASE = read("str", "RELEASE", "") or release()
BASE_URL = read("str", "BASE_URL", "http://localhost:8000").rstrip("/")
# Where the editor's desk is, with a slash at its end and none before.
ADMIN_PATH = admin_path(read("str", "ADMIN_PATH", "admin/"))

INSTALLED_APPS = [
    "website",
    "demo",
    "accounts",
    "procedures",
    "toolkit",
    "governance",
    "cms_blocks",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.api.v3",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "leaflet",
    "corsheaders",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.headers.PolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "cms_blocks.content_api.middleware.ContentApiMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cms_blocks.languages.PathLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.sessions.SessionLimitMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms_blocks.write_api.WriteApiTokenMiddleware",
    "cms_blocks.publication.middleware.UnitOfWorkMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["cms_blocks.templatetags.cms_blocks"],
        },
    },
]

# Building an image needs no database and gets none.
DATABASES = (
    {} if BUILDING else {"default": database(read("str", "DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"))}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
    # Whole answers of the content API, in the memory of each process.
    "answers": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "answers",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}
if CACHE_URL := read("str", "CACHE_URL", ""):
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
# Never mounted: every file is served through the permission check (cms_blocks.media.views).
MEDIA_URL = "/_never-served-directly/"
# Images and documents lie apart from it (cms_blocks.media.storage).
PRIVATE_MEDIA_ROOT = DATA_DIR / "files"
STATIC_ROOT = Path(read("str", "STATIC_ROOT", str(DATA_DIR / "static")))
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = DEBUG

# Languages: German first; "de-simple" is Leichte Sprache.
LANGUAGE_CODE = "de"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    ("de", _("German")),
    ("de-simple", _("Easy language")),
    ("en", _("English")),
    ("uk", _("Ukrainian")),
    ("ar", _("Arabic")),
    ("pl", _("Polish")),
]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("de", "Deutsch"), ("en", "English")]
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# Mail: console by default, SMTP by EMAIL_URL.
_email = read("dj_email_url", "EMAIL_URL", "console://")
if "EMAIL_BACKEND" not in _email:
    raise ImproperlyConfigured(
        "Environment variable EMAIL_URL has an unknown scheme; use console://, smtp:// or smtps://."
    )
EMAIL_BACKEND = "cms_blocks.publication.mail.OutboxEmailBackend"
OUTBOX_EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _email["EMAIL_BACKEND"], _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email["EMAIL_USE_TLS"], _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 30  # seconds for each answer of the mail server, well within the lease of a delivery
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read("str", "DEFAULT_FROM_EMAIL", "buero@localhost")

# Hosts that webhooks may reach inside our own network, or without TLS (cms_blocks.webhooks); no other.
WEBHOOK_ALLOWED_HOSTS = read("list", "WEBHOOK_ALLOWED_HOSTS", [])

# Signing in (site/accounts)
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Failed attempts are counted by account and by address, each for itself, and forgotten after the wait.
AXES_HANDLER = "accounts.attempts.Attempts"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_FAILURE_LIMIT = read("int", "LOGIN_ATTEMPTS", 5)
LOGIN_ATTEMPTS_PER_ADDRESS = 4 * AXES_FAILURE_LIMIT
AXES_COOLOFF_TIME = timedelta(minutes=read("int", "LOGIN_WAIT_MINUTES", 15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.attempts.too_many"
AXES_USERNAME_CALLABLE = "accounts.attempts.account_key"
AXES_CLIENT_IP_CALLABLE = "cms_blocks.throttle.client_network"
AXES_SENSITIVE_PARAMETERS = ["username", "code", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # the audit log (accounts.audit) has it
AXES_VERBOSE = False
# How many proxies in front add to X-Forwarded-For.
TRUSTED_PROXIES = read("int", "TRUSTED_PROXIES", 0)
SECOND_FACTOR_REQUIRED_FOR = read(
    "str", "SECOND_FACTOR_REQUIRED_FOR", "nobody", validate=validate.OneOf(["nobody", "administrators", "everybody"])
)
OTP_TOTP_ISSUER = "Büro für Bürgerbeteiligung"
OTP_TOTP_THROTTLE_FACTOR = 0  # wrong codes count as failed attempts to sign in
WAGTAILADMIN_USER_LOGIN_FORM = "accounts.forms.LoginForm"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "accounts.forms.PasswordResetForm"
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = read("int", "SESSION_HOURS", 12) * 60 * 60
SESSION_IDLE_SECONDS = read("int", "SESSION_IDLE_MINUTES", 120) * 60
SIGN_IN_LOG_DAYS = read("int", "SIGN_IN_LOG_DAYS", 180)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
if read("bool", "BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor's preview frames our own pages
SECURE_REFERRER_POLICY = "same-origin"
if ENVIRONMENT == production.PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from within, past the proxy
    SECURE_HSTS_SECONDS = read("int", "HSTS_SECONDS", 365 * 24 * 60 * 60)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = read("bool", "HSTS_SUBDOMAINS", True)
SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # X_FRAME_OPTIONS, see above
    # Preloading is asked for a whole domain, for years: that is for the city to decide, not for one of its sites.
    "security.W021",
]
# Powers of the browser that no page of ours needs, nor any frame in it. Full screen stays with films.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    power: []
    for power in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone",
        "midi", "payment", "serial", "usb", "xr-spatial-tracking",
    )
}  # fmt: skip

# The content API (docs/content-api.md): which other sites' pages may read it, and where a front end shows drafts.
CORS_ALLOWED_ORIGINS = read("list", "API_ALLOWED_ORIGINS", [])
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After"]
CORS_URLS_REGEX = r"^/api/content/"
CONTENT_API_COSTLY_A_MINUTE = read("int", "API_COSTLY_A_MINUTE", 120)
HEADLESS_PREVIEW_URL = front_end_address(read("str", "HEADLESS_PREVIEW_URL", ""))

# Approval by the other half (governance, docs/desk.md)
GOVERNANCE_DEPUTY_AFTER_DAYS = read("int", "GOVERNANCE_DEPUTY_AFTER_DAYS", 5, validate=validate.Range(1, 60))
GOVERNANCE_BOARD_PATH = read(
    "str",
    "GOVERNANCE_BOARD_PATH",
    "ueber-uns/beirat",
    validate=validate.Regexp(r"/?[-a-zA-Z0-9_]+(/[-a-zA-Z0-9_]+)*/?\Z", error="addresses of pages, as in about/board"),
)

# The map with streets (docs/procedures.md): without an address there is only the drawn map.
PROCEDURES_TILES_ATTRIBUTION = read("str", "MAP_TILES_ATTRIBUTION", "")
PROCEDURES_TILES_URL = tiles_address(read("str", "MAP_TILES_URL", ""), PROCEDURES_TILES_ATTRIBUTION)
PROCEDURES_TILES_OPERATOR = read("str", "MAP_TILES_OPERATOR", "")

# Wagtail
WAGTAIL_SITE_NAME = "Büro für Bürgerbeteiligung"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILIMAGES_IMAGE_MODEL = "cms_blocks.Image"
WAGTAILDOCS_DOCUMENT_MODEL = "cms_blocks.Document"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms_blocks.media.forms.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms_blocks.media.forms.DocumentForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "heif", "jpg", "jpeg", "png", "webp", "svg"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "xlsx", "ods", "csv", "txt", "ics", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
# As people here type it: the calendar takes what it cannot read for today.
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT = "%d.%m.%Y", "%d.%m.%Y %H:%M"
FORMAT_MODULE_PATH = ["config.formats"]
# The approval by the other half publishes (docs/desk.md).
WAGTAIL_FINISH_WORKFLOW_ACTION = "governance.agreement.publish_agreed"
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # one city; of all the system's zones some break Wagtail's script
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no request to a third party from the server
WAGTAILAPI_DOCS_ENABLED = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "h3", "ol", "ul", "link", "document-link"]},
    }
}
# Publishing a translation goes through our own guarded step (see docs/publication.md).
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
