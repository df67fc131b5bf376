"""WSGI entry point: ``gunicorn --pythonpath site,. config.wsgi``."""

from django.core.wsgi import get_wsgi_application

from config.start import settings_or_exit

settings_or_exit(serving=True)
application = get_wsgi_application()
