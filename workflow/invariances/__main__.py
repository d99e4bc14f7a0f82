"""``python -m invariances``, the same as the command ``invariances``."""

import sys

from invariances.commands import main

if __name__ == "__main__":
    sys.exit(main())
