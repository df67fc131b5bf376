"""Our side: the site's own settings and middleware, and beside the content API a view that does nothing."""

from bench.ours_settings import *  # noqa: F403

ROOT_URLCONF = "bench.api.ours_urls"
CONTENT_API_COSTLY_A_MINUTE = 1_000_000  # one client asks for facets all the time
