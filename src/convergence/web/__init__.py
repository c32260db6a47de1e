"""What people see: one folder a feature; no rule of the field lives here."""
