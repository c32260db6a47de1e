"""Tests of the web that need real commits borrow the platform's database for them."""

from tests.platform.conftest import committed

__all__ = ["committed"]
