"""What an analysis refuses, in one French sentence that says what to do."""


class AnalysisError(ValueError):
    """The root of every refusal: its text is a sentence for whoever asked, without anybody's data."""
