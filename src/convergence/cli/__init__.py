"""What operators type: `./convergence …`."""
