"""Is the process ready to serve: for the launcher and for whoever watches the machines (liveness: middleware)."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from convergence.web.rules import public


@public
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and holds our schema."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('situations_situation') IS NOT NULL")
            (schema,) = cursor.fetchone()
    except Error:
        schema = False
    return HttpResponse(
        "prêt" if schema else "pas prêt",
        status=200 if schema else 503,
        content_type="text/plain; charset=utf-8",
    )
