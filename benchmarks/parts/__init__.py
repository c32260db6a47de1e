"""What the measures of `./convergence bench` share."""
