"""Documents made from the record: written by the software, corrected by people, printed."""
