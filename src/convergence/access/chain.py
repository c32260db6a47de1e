"""The chain over the record of who looked: sealed in batches by a job, checked at any time."""

from django.db import connection


def seal_records() -> int:
    """Chain the records that no seal covers yet; how many there were. Runs as the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seal_access_records()")
        (sealed,) = cursor.fetchone()
    return int(sealed)


def first_broken_seal() -> int | None:
    """Id of the first seal whose records were altered, added or removed since; None when the chain holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_broken_access_seal()")
        (broken,) = cursor.fetchone()
    return None if broken is None else int(broken)
