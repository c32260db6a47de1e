"""People to compare with, from elsewhere: another ACI, a waiting list, an administrative extract.

A folder of CSV or Parquet files in the dataset's own schema (`docs/comparison.md`), checked, joined to the dataset.
"""

from convergence.analysis.impact.comparison.joining import Joined, join
from convergence.analysis.impact.comparison.reading import Comparison, check, read
from convergence.analysis.impact.comparison.template import write_template

__all__ = ["Comparison", "Joined", "check", "join", "read", "write_template"]
