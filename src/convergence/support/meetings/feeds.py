"""The secret address of somebody's calendar feed: its owner makes, renews and closes it; only its digest is kept."""

from datetime import datetime

from django.db import connection

from convergence.platform.tokens import digest_of, new_token
from convergence.support.meetings.models import CalendarFeed


def open_feed(user_id: int) -> str:
    """Make a new secret address; one that stood no longer answers. The token is shown now and never again."""
    token = new_token()
    CalendarFeed.objects.update_or_create(user_id=user_id, defaults={"digest": digest_of(token)})
    return token


def close_feed(user_id: int) -> bool:
    """The address no longer answers; False when there was none."""
    gone, _rows = CalendarFeed.objects.filter(user_id=user_id).delete()
    return bool(gone)


def opened_at(user_id: int) -> datetime | None:
    """When the address that answers now was made; None where there is none."""
    return CalendarFeed.objects.filter(user_id=user_id).values_list("made_at", flat=True).first()


def owner_of(token: str) -> int | None:
    """The id of the open account whose feed this is; None for an address that does not answer, or no longer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT support_feed_owner(%s)", [digest_of(token)])
        row: tuple[int | None] = cursor.fetchone()
    return row[0]
