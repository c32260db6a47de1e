"""The list of people, one person's page, and recording what changes in her life."""
