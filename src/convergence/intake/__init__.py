"""Lists of people, read from the spreadsheets that sites keep.

The half that needs no database::

    table = reading.read(path)                             # Table, or UnreadableFile with one French sentence
    memory = …                                             # kept under columns.signature(table.headers), or None
    mapping = Mapping.from_memory(table.headers, memory) if memory else columns.guess(table.headers, table.sample())
    mapping = Mapping.of_codes(codes)                      # what the user corrects, a code a column
    mapping.faults()                                       # French sentences; empty: it can be used
    for row in parsing.rows(table, mapping, today):        # ParsedRow, in the file's order
        row.person, row.problems, row.is_refused, row.reasons
    refusals.workbook(table.headers, cells, reasons, numbers)   # bytes of an .xlsx
    template.workbook()                                    # the same, for the scheme's own list

``Table.notices`` and ``parsing.date_notices(table, mapping)`` are sentences to show above the preview. No social
security number comes out of ``read``. Nothing here looks at the clock or at the database: a site or a counsellor
is what the cell says, to be found by the caller.

Files: ``kinds`` (what a file is), ``delimited`` and ``workbook`` (its rows), ``headers`` (its titles), ``nir``,
``reading`` (the table); ``fields``, ``titles``, ``columns`` (the mapping); ``cells``, ``dates``, ``labels``,
``full_names`` (one cell), ``parsing`` and ``records`` (one row); ``refusals``, ``template`` (what goes back).

The half that writes: ``holding`` keeps the file sealed between two pages; ``known``, ``matching`` and ``differences``
hold each row against the people whom the actor reads; ``planning`` says what will be created, changed, doubtful or
refused; ``writing`` is the job, ``entering`` its inserts, ``actor`` what the importer may do where.
"""
