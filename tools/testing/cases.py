# SPDX-License-Identifier: BSD-2-Clause
"""Runs unittest cases and prints one line per case, the format that `graft test` counts (docs/testing.md)."""
import fnmatch
import os
import pathlib
import sys
import traceback
import unittest

ROOT = pathlib.Path(os.environ.get("GRAFT_ROOT") or pathlib.Path(__file__).resolve().parents[2])


class _LineResult(unittest.TestResult):
    """Prints a line as soon as a case has ended; a case is failed by its first failing sub-case."""

    def startTest(self, test):
        super().startTest(test)
        self.reasons = []

    def addError(self, test, err):
        super().addError(test, err)
        self._note(err)

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self._note(err, subtest._subDescription())

    def _note(self, err, where=""):
        text = "".join(traceback.format_exception(*err))
        print("%s %s" % (where, text) if where else text)
        self.reasons.append((where + " " if where else "") + str(err[1]).strip().splitlines()[0] if str(err[1]) else err[0].__name__)

    def stopTest(self, test):
        super().stopTest(test)
        if self.reasons:
            print("FAIL %s: %s" % (case_name(test), self.reasons[0][:300]))
        else:
            print("PASS %s" % case_name(test))
        sys.stdout.flush()


def case_name(test):
    return "%s.%s" % (type(test).__name__, test._testMethodName)


def _flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _flatten(item)
        else:
            yield item


def main():
    """Runs the cases of the calling module that Bazel's --test_filter lets through."""
    pattern = os.environ.get("TESTBRIDGE_TEST_ONLY") or "*"
    loaded = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    chosen = [case for case in _flatten(loaded)
              if any(fnmatch.fnmatchcase(case_name(case), part) for part in pattern.split(":"))]
    result = unittest.TestSuite(chosen).run(_LineResult())
    sys.exit(0 if result.wasSuccessful() else 1)
