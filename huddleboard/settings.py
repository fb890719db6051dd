"""Settings, read from the environment once. `.env.example` names them all."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from huddleboard.addresses import celery_broker_from_url, database_from_url

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
TESTING = env.bool("HUDDLEBOARD_TESTING", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="").strip()
if not SECRET_KEY:
    if not (DEBUG or TESTING):
        message = "Set SECRET_KEY to a long random text (make run does it by itself)."
        raise ImproperlyConfigured(message)
    SECRET_KEY = "only-for-development-and-tests-" + "0" * 32
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "huddleboard",
    "org",
    "boards",
    "huddles",
    "improvement",
    "rounding",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huddleboard.middleware.ZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "huddleboard.middleware.PlainTextMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huddleboard.middleware.SessionLimitMiddleware",
    "huddleboard.middleware.DeviceMiddleware",
    "huddleboard.middleware.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "huddleboard.middleware.SharedDeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "huddleboard.urls"
WSGI_APPLICATION = "huddleboard.wsgi.application"
ASGI_APPLICATION = "huddleboard.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        (
                            "template_partials.loader.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ]
            if not DEBUG
            else [
                (
                    "template_partials.loader.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huddleboard.context.house",
            ],
            "builtins": ["template_partials.templatetags.partials", "django.templatetags.i18n"],
        },
    }
]

DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
if not DATABASE_URL or not REDIS_URL:
    message = "Set DATABASE_URL and REDIS_URL, or use `make run` and `./manage.py`, which start servers of their own."
    raise ImproperlyConfigured(message)
DATABASES = {"default": database_from_url(DATABASE_URL)}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = ["org.backends.SeatBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "org:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "org:login"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "huddleboard"
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
HTTPS = env.bool("HTTPS", default=not (DEBUG or TESTING))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
#: By their own names: whoever looks for a language may read no other.
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
# Tests make a client for every reader: scanning all files for each would take most of their time.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
# All addresses are of hashed names: packing the plain ones as well would double the time and the room.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
if not DEBUG and not TESTING:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "huddleboard.storage.StaticStorage"},
    }

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="huddleboard@localhost")
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")

CELERY_BROKER_URL = celery_broker_from_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1200,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_DEFAULT_QUEUE = "huddleboard"
CELERY_BEAT_SCHEDULE = {
    "take-due-snapshots": {
        "task": "boards.tasks.take_due_snapshots",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "take-daily-snapshots": {
        "task": "boards.tasks.take_daily_snapshots",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "look-at-gaps": {
        "task": "boards.tasks.look_at_gaps",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "tell-complete-months": {
        "task": "boards.tasks.tell_complete_months",
        "schedule": 600.0,
        "options": {"expires": 500},
    },
    "keep-limits-of-goals": {
        "task": "improvement.tasks.keep_limits_of_goals",
        "schedule": 600.0,
        "options": {"expires": 500},
    },
    "remind-of-tests": {
        "task": "improvement.tasks.remind_of_tests",
        "schedule": 900.0,
        "options": {"expires": 800},
    },
    "read-watched-folders": {
        "task": "boards.tasks.read_watched_folders",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "make-partitions-ahead": {
        "task": "boards.tasks.make_partitions_ahead",
        "schedule": 300.0,
        "options": {"expires": 250},
    },
    "tell-stewards": {
        "task": "boards.tasks.tell_stewards",
        "schedule": 300.0,
        "options": {"expires": 250},
    },
    "ring-clocks": {
        "task": "huddles.tasks.ring_clocks",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "carry-on-signals": {
        "task": "huddles.tasks.carry_on_signals",
        "schedule": 20.0,
        "options": {"expires": 18},
    },
    "deliver-messages": {
        "task": "org.tasks.deliver_messages",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "let-go-of-old-shifts": {
        "task": "rounding.tasks.let_go_of_old_shifts",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "plan-huddles": {
        "task": "huddles.tasks.plan_huddles",
        "schedule": 300.0,
        "options": {"expires": 250},
    },
    "send-digests": {
        "task": "huddles.tasks.send_digests",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"links": {"()": "huddleboard.logs.HideLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["links"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "huddleboard.live": {"level": "INFO"}},
}

# Larger files of numbers are refused unread (bytes).
FEED_MAX_BYTES = env.int("FEED_MAX_BYTES", default=128 * 1024 * 1024)
WATCHED_FOLDERS = env.path("WATCHED_FOLDERS", default=str(BASE_DIR / "var" / "inbox"))
