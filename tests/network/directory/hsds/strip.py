"""Makes ``schemas.json`` from a copy of the HSDS repository: ``python strip.py COPY > schemas.json``.

The published schemas carry a page of prose for each field. What validates is kept (types, required fields, formats,
enumerations, references between schemas), everything else is left out.

Source: https://github.com/openreferral/specification, branch 3.0 (HSDS 3.0, commit 279fd2e of 16 May 2024),
folder ``schema``. Licence of the source: Creative Commons Attribution-ShareAlike 4.0, © Open Referral contributors;
``schemas.json`` is under the same licence.
"""

import json
import subprocess
import sys
from typing import Any

BRANCH = "3.0"
SCHEMAS = (
    "accessibility", "address", "attribute", "contact", "cost_option", "funding", "language", "location", "metadata",
    "organization", "organization_identifier", "phone", "program", "required_document", "schedule", "service",
    "service_area", "service_at_location", "taxonomy", "taxonomy_term",
)  # fmt: skip
KEPT = ("type", "required", "format", "enum", "items", "$ref", "properties")


def stripped(schema: Any) -> Any:
    """The constraints of a schema."""
    kept = {name: schema[name] for name in KEPT if name in schema}
    if "properties" in kept:
        kept["properties"] = {name: stripped(one) for name, one in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = stripped(kept["items"])
    return kept


def main(copy: str) -> None:
    made = {}
    for name in SCHEMAS:
        text = subprocess.run(
            ["git", f"--git-dir={copy}", "show", f"{BRANCH}:schema/{name}.json"], capture_output=True, check=True
        )
        made[f"{name}.json"] = stripped(json.loads(text.stdout))
    json.dump(made, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main(sys.argv[1])
