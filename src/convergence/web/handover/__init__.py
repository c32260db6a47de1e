"""Who follows whom at a site, and handing people over between colleagues."""
