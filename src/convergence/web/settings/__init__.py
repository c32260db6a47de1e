"""Settings: accounts and missions, territories, operators, sites, funders, staff means; and one's own account."""
