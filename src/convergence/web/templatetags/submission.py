"""The token that makes a form's second sending harmless (platform/submissions.py)."""

from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from convergence.platform.submissions import FIELD

register = template.Library()


@register.simple_tag
def submission_token() -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())
