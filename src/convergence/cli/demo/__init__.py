"""`./convergence demo`: drawn territories in an empty database, and the sign-ins to try them."""
