"""Settings of the desk. Every `FAIRDUE_*` variable is described in docs/reference/settings.md (a test checks it).

Nothing here is secret: keys come from the environment or, for a single machine, from `FAIRDUE_HOME/keys.json`, which
is created with mode 0600 on first use.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from .keys import load_keys


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


FAIRDUE_HOME = Path(os.environ.get("FAIRDUE_HOME", "var")).resolve()
FAIRDUE_HOME.mkdir(parents=True, exist_ok=True)
FAIRDUE_DEMO = _flag("FAIRDUE_DEMO")
FAIRDUE_ZONE = os.environ.get("FAIRDUE_ZONE", "Asia/Shanghai")
FAIRDUE_CLOCK_OFFSET = int(os.environ.get("FAIRDUE_CLOCK_OFFSET", "0")) if FAIRDUE_DEMO else 0
FAIRDUE_INSTITUTION = os.environ.get("FAIRDUE_INSTITUTION", "")
FAIRDUE_DEPARTMENT = os.environ.get("FAIRDUE_DEPARTMENT", "")
FAIRDUE_HOTLINE = os.environ.get("FAIRDUE_HOTLINE", "")
FAIRDUE_PLAYBOOKS = os.environ.get("FAIRDUE_PLAYBOOKS", "")
FAIRDUE_PERMIT_SECONDS = int(os.environ.get("FAIRDUE_PERMIT_SECONDS", "180"))
FAIRDUE_CALLS_RECORDED = _flag("FAIRDUE_CALLS_RECORDED")
FAIRDUE_OUTLETS = os.environ.get("FAIRDUE_OUTLETS", "")
FAIRDUE_ESCALATION = os.environ.get("FAIRDUE_ESCALATION", "")
FAIRDUE_STREAMS = int(os.environ.get("FAIRDUE_STREAMS", "4"))
FAIRDUE_STREAM_SECONDS = int(os.environ.get("FAIRDUE_STREAM_SECONDS", "55"))

KEYS = load_keys(FAIRDUE_HOME, os.environ)
SECRET_KEY = KEYS.session
DEBUG = _flag("FAIRDUE_DEBUG")
ALLOWED_HOSTS = [h for h in os.environ.get("FAIRDUE_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("FAIRDUE_ORIGINS", "").split(",") if o]
HTTPS = _flag("FAIRDUE_HTTPS", default=not FAIRDUE_DEMO)

FEATURES = [
    "people",
    "audit",
    "accounts",
    "worklist",
    "call",
    "promises",
    "plans",
    "cases",
    "casefile",
    "preferences",
    "placements",
    "decisions",
    "reports",
    "playbooks",
    "policies",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "csp",
    "ninja",
    *[f"fairdue.desk.{name}" for name in FEATURES],
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "fairdue.desk.urls"
WSGI_APPLICATION = "fairdue.desk.wsgi.application"
HERE = Path(__file__).parent

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "fairdue.desk.context.desk",
                "fairdue.desk.call.alerts.crisis_alerts",
            ],
            "builtins": ["fairdue.desk.templatetags.fairdue"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{FAIRDUE_HOME / 'fairdue.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        " PRAGMA wal_autocheckpoint=10000;",  # in pages: rarer checkpoints, each of up to 40 MB
    }
    # Tests use a file too: threads of a live server would share one connection to a database in memory, and two of them
    # inside SQLite at once can wait for each other for ever (its mutex against the interpreter's lock).
    DATABASES["default"]["TEST"] = {"NAME": str(FAIRDUE_HOME / "test.sqlite3")}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "people:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 9 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [HERE / "locale"]
LANGUAGE_COOKIE_NAME = "fairdue_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = FAIRDUE_ZONE

STATIC_URL = "static/"
STATIC_ROOT = FAIRDUE_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = FAIRDUE_HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": "fairdue.desk.logs.MaskedFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["console"], "level": os.environ.get("FAIRDUE_LOG_LEVEL", "INFO")},
}
