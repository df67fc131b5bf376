"""The yardstick with both of Wagtail's APIs switched on, as its documentation says."""

from bench.stock.settings import *  # noqa: F403
from bench.stock.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "wagtail.api.v2", "wagtail.api.v3", "rest_framework"]
ROOT_URLCONF = "bench.api.stock_urls"
