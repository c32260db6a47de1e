"""A person's referrals: the list on her page, each one's page, and every step that the team or the officers take."""
