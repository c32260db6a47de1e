"""The field's terms and code lists: codes in English, labels in French, each list with its source."""
