"""Configure Trellis from the environment, with defaults that run on one machine without setup."""

import os
import secrets
from datetime import date
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

TRELLIS_HOME = Path(os.environ.get("TRELLIS_HOME", ".trellis")).resolve()
TRELLIS_HOME.mkdir(parents=True, exist_ok=True)


def _kept_secret(name: str) -> str:
    """Return a secret of this installation, made on first use and readable by its owner alone."""
    path = TRELLIS_HOME / f"{name}.secret"
    if not path.exists():
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_text(secrets.token_urlsafe(48))
        aside.chmod(0o600)
        try:
            os.link(aside, path)  # fails if another process was first: then theirs is the secret
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text()


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


# The demonstration signs anybody in as one of the cast, so it must be asked for by name.
TRELLIS_DEMO = _flag("TRELLIS_DEMO")
# The day on which Trellis stands; None is the real day. The demonstration stands on a fixed one.
_today = os.environ.get("TRELLIS_TODAY", "2026-03-11" if TRELLIS_DEMO else "")
TRELLIS_TODAY: date | None = date.fromisoformat(_today) if _today else None
TRELLIS_WAREHOUSE = TRELLIS_HOME / "warehouse"
TRELLIS_UPLOADS = TRELLIS_HOME / "uploads"
TRELLIS_WORKPLACE = TRELLIS_HOME / "work"  # for what is too large for memory while it is read
# Uploads are streamed to this disk, not to the memory or the temporary folder of the machine.
TRELLIS_UPLOADS.mkdir(exist_ok=True)
FILE_UPLOAD_TEMP_DIR = TRELLIS_UPLOADS
# The share of people, sections, enrollments ... that may leave by a file without a person's word.
TRELLIS_MOST_LEAVERS = float(os.environ.get("TRELLIS_MOST_LEAVERS", "0.1"))
TRELLIS_LARGEST_UPLOAD = 1_500_000_000  # bytes of one request, counted while they come in
TRELLIS_PSEUDONYM_SECRET = _kept_secret("pseudonym")

SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret("django")
DEBUG = _flag("TRELLIS_DEBUG")
ALLOWED_HOSTS = os.environ.get("TRELLIS_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TRELLIS_ORIGINS", "").split(",") if o]
_https = _flag("TRELLIS_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
    "trellis.ui",
    "trellis.trust",
    "trellis.people",
    "trellis.evidence",
    "trellis.resources",
    "trellis.insights",
    "trellis.plans",
    "trellis.coaching",
    "trellis.activities",
    "trellis.impact",
    "trellis.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "trellis.web.urls"
ASGI_APPLICATION = "trellis.web.asgi.application"

# django-cotton and template-partials each want to rewrite the loaders and silently undo each
# other, so both are listed with their simple configuration and the loaders are named here.
_loaders = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "trellis.web.navigation.page_frame",
            ],
            "builtins": [
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
        },
    }
]
FORM_RENDERER = "trellis.ui.forms.FormRenderer"

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{TRELLIS_HOME / 'trellis.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "people:sign_in"

EMAIL_BACKEND = os.environ.get(
    "TRELLIS_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = os.environ.get("TRELLIS_EMAIL_HOST", "localhost")
DEFAULT_FROM_EMAIL = os.environ.get("TRELLIS_EMAIL_FROM", "Trellis <trellis@localhost>")

TASKS = {
    "default": {
        "BACKEND": os.environ.get("TRELLIS_TASKS", "django_tasks_db.DatabaseBackend"),
    }
}

# No inline style, no inline script, nothing from elsewhere: a page can only do what we shipped.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = TRELLIS_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "en-us"
TIME_ZONE = os.environ.get("TRELLIS_TIME_ZONE", "America/New_York")
USE_I18N = True
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("TRELLIS_LOG", "WARNING")},
}
