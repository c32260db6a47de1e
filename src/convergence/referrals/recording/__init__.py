"""Recording what happens to a referral: by the team and the officers, by the partner's link, by time."""
