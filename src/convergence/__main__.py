"""`python -m convergence`, to which the `./convergence` command hands over."""

import sys

from convergence.cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
