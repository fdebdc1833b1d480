# SPDX-License-Identifier: BSD-2-Clause
"""`graft test`: runs the tests and says how many cases really ran."""
import argparse
import fnmatch
import shlex
import tempfile

from graft import bazel, record, results, setup
from graft.console import interactive, say
from graft.failure import Failure, unknown

# Test tags: what `test` leaves out without --long, and host tests that sanitizers have nothing to say about.
LONG, NO_ASAN = "long", "no-asan"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="graft test", description="Builds and runs the tests.")
    parser.add_argument("--only", metavar="PATTERN",
                        help="TARGETS, #CASES or TARGETS#CASES. TARGETS: a part of a Bazel label, with * and ? if wanted; "
                        "CASES: names of test cases, with * and ? if wanted")
    parser.add_argument("--long", action="store_true", help="also soaks, kill loops and runs of millions")
    parser.add_argument("--record", action="store_true", help="write the drivers' tested tables from the results")
    return parser.parse_args(arguments)


def split_pattern(pattern):
    targets, _, cases = (pattern or "").partition("#")
    return targets, cases


def select(labels, targets):
    """Returns the labels that the part of a pattern before # names."""
    if not targets:
        return labels
    if targets in labels:
        return [targets]
    glob = targets if any(c in targets for c in "*?") else "*%s*" % targets
    chosen = [label for label in labels if fnmatch.fnmatchcase(label, glob)]
    if not chosen:
        raise unknown("test", targets, labels)
    return chosen


def list_targets(options):
    """Returns all test targets, and those of them that also run under the sanitizers."""
    excluded = "" if options.long else " except attr(tags, '\\b%s\\b', //...)" % LONG
    tests = "tests(//...)" + excluded
    everything = sorted(bazel.query(tests))
    host = set(bazel.query("kind('cc_test rule', %s) except attr(tags, '\\b%s\\b', //...)" % (tests, NO_ASAN)))
    return everything, [label for label in everything if label in host]


def run(labels, cases, extra):
    """Runs targets afresh. Returns their results, the labels that did not build, and Bazel's exit status."""
    with tempfile.NamedTemporaryFile(prefix="graft-events-") as events, \
            tempfile.NamedTemporaryFile("w", prefix="graft-labels-") as list_file:
        list_file.write("\n".join(labels))
        list_file.flush()
        flags = ["--nocache_test_results", "--keep_going", "--build_event_json_file=" + events.name,
                 "--target_pattern_file=" + list_file.name, *extra]
        if cases:
            flags.append("--test_filter=" + cases)
        if not interactive():
            flags.append("--show_progress_rate_limit=30")
        status = bazel.run("test", *flags)
        return (*results.read_events(events.name), status)


def failures(outcome, suffix=""):
    """Lists what failed as (case, reason, command that runs it alone)."""
    targets, broken, status = outcome
    rows = []
    for target in targets:
        for case in target.cases:
            if case.reason is not None:
                only = target.label if case.name == target.label else "%s#%s" % (target.label, case.name)
                rows.append((case.name + suffix, case.reason, "./graft test --only " + shlex.quote(only)))
    ran = {target.label for target in targets}
    for label in sorted(set(broken) - ran):
        rows.append((label + suffix, "did not build", "./graft test --only " + shlex.quote(label)))
    # 3: tests failed, which must show in the rows; anything else but 0 is a failure of its own.
    if status and not rows:
        rows.append(("bazel test" + suffix, "ended with status %d; its messages stand above" % status, "bazel test //..."))
    return rows


def main(arguments):
    options = parse(arguments)
    setup.ensure()
    targets, cases = split_pattern(options.only)
    everything, host = list_targets(options)
    chosen = select(everything, targets)
    # Without a choice of targets everything is built, also what no test needs.
    filters = "--test_tag_filters=" + ("" if targets or options.long else "-" + LONG)
    outcomes = [(run(chosen if targets else ["//..."], cases, [filters]), "")]
    sanitized = [label for label in chosen if label in set(host)]
    if sanitized:
        say("the tests that run on this machine's processor, under AddressSanitizer and UndefinedBehaviorSanitizer")
        outcomes.append((run(sanitized, cases, ["--config=asan", "--build_tests_only", "--build_tag_filters=", "--test_tag_filters="]), " (asan)"))
    passed = sum(target.passed for (ran, _, _), _ in outcomes for target in ran)
    failed = [row for outcome, suffix in outcomes for row in failures(outcome, suffix)]
    if options.record:
        # The run under the sanitizers repeats the same cases, so it does not count for a driver again.
        record.write(outcomes[0][0][0])
    for name, reason, command in failed:
        print("FAILED %s: %s\n    alone: %s" % (name, reason, command))
    if cases and passed + len(failed) == 0:
        raise Failure("no test case matches '%s' in the %d chosen targets" % (cases, len(chosen)))
    print("%d passed, %d failed" % (passed, len(failed)))
    return 1 if failed or not passed else 0
