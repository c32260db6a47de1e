"""What stops a command, said to the person who typed it."""


class OperatorError(Exception):
    """One clear French sentence: what is wrong and what to do. The command prints it and exits with 1."""
