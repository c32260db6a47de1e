"""The report, section by section: each turns what was found into blocks of a document."""
