"""Django's side of the house: settings, dated facts, sealing, jobs, outbox, request identity."""
