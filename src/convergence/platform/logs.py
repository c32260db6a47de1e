"""Structured logs without personal data: an allow-list of fields, never the message's arguments' values.

An exception's text can quote a row ("Key (name)=(…)"), so only its type and the places in our code are kept.
"""

import json
import logging
import traceback
from typing import Any

FIELDS = ("method", "route", "status", "milliseconds", "job", "purpose", "done", "total", "actor")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, template of the message, allowed fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            # The template, not the formatted text: Django puts addresses and values in the arguments.
            "event": str(record.msg).split("\n", 1)[0][:200],
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{frame.name}:{frame.lineno}" for frame in frames[-6:]]
        return json.dumps(line, ensure_ascii=False, default=str)
