"""The settings of that site."""

from tests.settings import *  # noqa: F403

INSTALLED_APPS = [
    *(app for app in INSTALLED_APPS if app != "django.contrib.admin"),  # noqa: F405
    "tests.support.people",
]
AUTH_USER_MODEL = "people.Person"
ROOT_URLCONF = "tests.support.people.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
}
