"""Hours from payroll, or from the State's monthly statement: a file becomes hours of contracts, month by month.

``layout`` knows the titles, ``rows`` reads each line, ``planning`` holds it against the contracts of its month and says
what would change, ``carrying`` keeps the plan sealed between the preview and the writing.
"""
