"""The site's settings; whatever differs between environments is read from environment variables.

DATABASE_URL   default: an SQLite file in var/
SECRET_KEY     required, unless DEBUG or DEMO is set
ALLOWED_HOSTS  comma-separated; default: this machine only
DEBUG, DEMO    1 switches on; DEMO also lets `manage.py serve` create the user demo/demo and switches scripts on
SCRIPTS_ENABLED 1 lets models run JavaScript in the sandbox
LOG_LEVEL      default: INFO; DEBUG also tells of each command
LOG_FORMAT     line (default) or json; LOG_EXCEPTION_MESSAGES=1 adds what exceptions say, which may be confidential
"""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from project.databases import database_from_url

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
if not os.environ.get("DATABASE_URL"):
    VAR_DIR.mkdir(exist_ok=True)


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


DEBUG = _flag("DEBUG")
DEMO = _flag("DEMO")

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured(
            "SECRET_KEY is not set: give it in the environment, or set DEBUG=1 or DEMO=1 on a machine of your own."
        )
    SECRET_KEY = "insecure-key-for-development-and-demo-only"  # noqa: S105 - refused above in production

# The demo shows everything; elsewhere the site's owner decides whether models may bring scripts.
WORKFLOW_ENGINE: dict[str, Any] = {"SCRIPTS_ENABLED": DEMO or _flag("SCRIPTS_ENABLED")}
# W003 asks whoever switches scripts on whether they mean it. Here nobody gets them without saying so, in DEMO or SCRIPTS_ENABLED
# of that very environment. W004, for scripts that nothing can run, is still told.
SILENCED_SYSTEM_CHECKS = ["workflow_engine.W003"]

ALLOWED_HOSTS = [
    host.strip() for host in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host.strip()
]

INSTALLED_APPS = [
    "workflow_engine",
    "rest_framework",
    "django_filters",
    "project",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "workflow_engine.middleware.correlate",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"

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
            ],
        },
    },
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
# Served straight from the packages that hold them, so that nobody has to run collectstatic first.
WHITENOISE_USE_FINDERS = True

LOG_FORMAT = os.environ.get("LOG_FORMAT") or "line"
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}: it must be line or json.")
_with_messages = {"exception_messages": _flag("LOG_EXCEPTION_MESSAGES")}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "workflow_engine.logs.LineFormatter", **_with_messages},
        "json": {"()": "workflow_engine.logs.JsonFormatter", **_with_messages},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
