# SPDX-License-Identifier: BSD-2-Clause
"""Reads which test cases really ran out of what Bazel and the tests left behind. docs/testing.md has the formats."""
import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

# A runner of ours: "PASS name", "FAIL name: reason" or "SKIP name: reason".
OWN = re.compile(r"(PASS|FAIL|SKIP) (\S+?):?(?: (.*))?$")
# GoogleTest's own console output, needed where a crash kept it from writing its XML file.
GTEST_RUN = re.compile(r"\[ RUN      \] (\S+)")
GTEST_PASS = re.compile(r"\[       OK \] (\S+)")
GTEST_FAIL = re.compile(r"\[  FAILED  \] (\S+?)[, ].*\(\d+ ms\)|\[  FAILED  \] (\S+) \(\d+ ms\)")
GTEST_SKIP = re.compile(r"\[  SKIPPED \] (\S+)")


@dataclass
class Case:
    """One executed test case; `reason` is None if it passed."""
    name: str
    reason: str = None


@dataclass
class TargetResult:
    """What one run of a test target brought."""
    label: str
    tags: list
    cases: list = field(default_factory=list)

    @property
    def passed(self):
        return sum(case.reason is None for case in self.cases)

    @property
    def failed(self):
        return len(self.cases) - self.passed


def cases_from_xml(text):
    """Returns the cases of a GoogleTest XML file, or None if Bazel wrote the file itself from the exit status."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
    elements = root.findall(".//testcase")
    if any("classname" not in element.attrib for element in elements):
        return None
    if not elements and "disabled" not in root.attrib:
        return None
    cases = []
    for element in elements:
        if element.get("status") == "notrun" or element.get("result") in ("suppressed", "skipped"):
            continue
        failure = element.find("failure")
        reason = None if failure is None else (failure.get("message") or "failed").strip().splitlines()[0]
        cases.append(Case("%s.%s" % (element.get("classname"), element.get("name")), reason))
    return cases


def cases_from_log(text):
    """Returns the cases that a log reports line by line; one that began and never ended counts as failed."""
    cases = {}
    for line in text.splitlines():
        line = line.strip()
        if match := OWN.match(line):
            result, name, reason = match.groups()
            if result == "FAIL":
                cases[name] = reason or "failed"
            elif result == "PASS":
                cases.setdefault(name, None)
        elif match := GTEST_RUN.match(line):
            cases[match[1]] = "did not end"
        elif match := GTEST_PASS.match(line):
            cases[match[1]] = None
        elif match := GTEST_SKIP.match(line):
            cases.pop(match[1], None)
        elif match := GTEST_FAIL.match(line):
            cases[match[1] or match[2]] = "failed"
    return [Case(name, reason) for name, reason in cases.items()]


def _read(outputs, name):
    for output in outputs:
        if output["name"] == name and output.get("uri", "").startswith("file://"):
            try:
                with open(urllib.parse.unquote(output["uri"][len("file://"):]), errors="replace") as file:
                    return file.read()
            except OSError:
                return ""
    return ""


def target_cases(label, status, xml, log):
    """Returns the cases of one run of a target, whose Bazel status is `status`."""
    cases = cases_from_xml(xml)
    own = cases_from_log(log)
    if cases is None:
        cases = own
    if status == "PASSED":
        # A test without cases of its own is one case. A filter may leave none of a GoogleTest binary's.
        return cases if cases or cases_from_xml(xml) is not None else [Case(label)]
    if all(case.reason is None for case in cases):
        cases.append(Case(label, {"TIMEOUT": "ran out of time"}.get(status, "failed outside any case (%s)" % status)))
    return cases


def read_events(path):
    """Reads a build event file. Returns the results of all targets that ran, and labels that did not build."""
    tags, results, broken = {}, [], []
    with open(path, errors="replace") as file:
        events = [json.loads(line) for line in file if line.strip()]
    for event in events:
        identity = event["id"]
        if "targetConfigured" in identity:
            tags[identity["targetConfigured"]["label"]] = event.get("configured", {}).get("tag", [])
        elif "testResult" in identity and "testResult" in event:
            label, outcome = identity["testResult"]["label"], event["testResult"]
            outputs = outcome.get("testActionOutput", [])
            cases = target_cases(label, outcome["status"], _read(outputs, "test.xml"), _read(outputs, "test.log"))
            results.append(TargetResult(label, tags.get(label, []), cases))
        elif "targetCompleted" in identity and "completed" in event and not event["completed"].get("success"):
            broken.append(identity["targetCompleted"]["label"])
    return results, broken
