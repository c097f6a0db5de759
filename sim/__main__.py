"""`python -m sim` is the command `chokepoint`."""

import sys


def main() -> int:
    """Run the command with the arguments of the process; returns the exit code.

    Who stops it while it is still being loaded is answered as later: by an exit code, and no traceback.
    """
    try:
        from sim import cli
    except KeyboardInterrupt:
        return 130
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
