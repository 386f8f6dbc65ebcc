"""WSGI entry point: `gunicorn fairdue.desk.wsgi`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.desk.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
