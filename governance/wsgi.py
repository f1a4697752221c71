"""What gunicorn serves."""

import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from governance.core.web.middleware import Utf8Request
from governance.env import SettingsError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
try:
    application = get_wsgi_application()
    application.request_class = Utf8Request
    # A person waits less long than a command does.
    settings.DATABASES["default"]["ANSWER_LIMIT_S"] = settings.DATABASE_ANSWER_LIMIT_S
except SettingsError as error:
    print(error, file=sys.stderr)
    # gunicorn's "worker failed to boot": its master ends, too, rather than try again for ever
    raise SystemExit(3) from None
