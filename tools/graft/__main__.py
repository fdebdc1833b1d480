# SPDX-License-Identifier: BSD-2-Clause
"""Picks the command and turns what goes wrong into one message and an exit status."""
import importlib
import os
import sys

from graft.failure import Failure, unknown

# Name: (module, one line for `graft help`). A module is loaded only when its command runs.
COMMANDS = {
    "run": ("graft.run", "build the HTTP kernel, serve a folder through it and print the URL"),
    "test": ("graft.test", "build and run the tests"),
    "list": ("graft.listing", "show drivers, devices or driver sets"),
    "bench": ("graft.bench", "measure against Linux"),
    "setup": ("graft.setup", "install what the other commands need, and nothing else"),
    "help": (None, "show this, or the options of a command"),
}


def usage():
    print("usage: ./graft COMMAND [options]\n")
    for name, (_, text) in COMMANDS.items():
        print("  %-6s %s" % (name, text))
    print("\n./graft help COMMAND shows the options of a command.")


def dispatch(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        usage()
        return 0 if arguments else 2
    name, rest = arguments[0], arguments[1:]
    if name == "help":
        if not rest:
            usage()
            return 0
        name, rest = rest[0], ["--help"]
    if name not in COMMANDS or COMMANDS[name][0] is None:
        raise unknown("command", name, COMMANDS)
    return importlib.import_module(COMMANDS[name][0]).main(rest)


def main():
    try:
        return dispatch(sys.argv[1:]) or 0
    except Failure as failure:
        sys.stdout.flush()
        print("graft: %s" % failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader went away, as in `graft list | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
