"""The public directory of integration services, in data·inclusion's words, as it is published and as we correct it.

``streaming`` reads files of any size row by row; ``validating`` judges one row; ``writing`` puts batches of good rows
in the database; ``importing`` is the job that does the three; ``closing`` ends what a complete file no longer holds;
``corrections`` keeps our own values over those of the next imports; ``search`` finds. See
docs/decisions/0027-directory.md.
"""
