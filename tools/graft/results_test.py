# SPDX-License-Identifier: BSD-2-Clause
import json
import pathlib
import tempfile
import unittest

from graft import results
from testing import cases

GTEST_XML = """<?xml version="1.0"?><testsuites tests="3" failures="1" disabled="0" name="AllTests">
<testsuite name="Ring"><testcase name="Wraps" status="run" result="completed" classname="Ring"/>
<testcase name="Fills" status="run" classname="Ring"><failure message="ring.cc:7&#x0A;Expected: 1" type=""/></testcase>
<testcase name="Old" status="notrun" result="suppressed" classname="Ring"/></testsuite></testsuites>"""
BAZEL_XML = '<testsuites><testsuite name="a/b" tests="1"><testcase name="a/b" status="run" duration="1"/></testsuite></testsuites>'


class Xml(unittest.TestCase):
    def test_counts_the_cases_that_googletest_ran(self):
        found = results.cases_from_xml(GTEST_XML)
        self.assertEqual([(c.name, c.reason) for c in found], [("Ring.Wraps", None), ("Ring.Fills", "ring.cc:7")])

    def test_a_file_that_bazel_made_up_says_nothing(self):
        self.assertIsNone(results.cases_from_xml(BAZEL_XML))
        self.assertIsNone(results.cases_from_xml(""))


class Log(unittest.TestCase):
    def test_reads_the_lines_of_our_runners(self):
        log = "boot\r\nPASS net.sends\r\nFAIL net.receives: 3 packets, not 4\r\nSKIP net.x: no card\r\nend\r\n"
        self.assertEqual([(c.name, c.reason) for c in results.cases_from_log(log)],
                         [("net.sends", None), ("net.receives", "3 packets, not 4")])

    def test_a_failure_is_not_undone_by_a_pass_of_that_name(self):
        found = results.cases_from_log("FAIL A.B: bad\nPASS A.B\n")
        self.assertEqual([c.reason for c in found], ["bad"])

    def test_a_googletest_case_that_never_ended_failed(self):
        log = "[ RUN      ] A.B\n[       OK ] A.B (0 ms)\n[ RUN      ] A.C\nSegmentation fault\n"
        self.assertEqual([(c.name, c.reason) for c in results.cases_from_log(log)],
                         [("A.B", None), ("A.C", "did not end")])

    def test_a_failed_googletest_case_is_named_once(self):
        log = "[ RUN      ] A.B\n[  FAILED  ] A.B (1 ms)\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.B\n"
        self.assertEqual([(c.name, c.reason) for c in results.cases_from_log(log)], [("A.B", "failed")])


class Target(unittest.TestCase):
    def test_a_target_without_cases_is_one_case(self):
        self.assertEqual(len(results.target_cases("//a:b", "PASSED", BAZEL_XML, "fine")), 1)

    def test_a_target_that_died_between_cases_failed(self):
        found = results.target_cases("//a:b", "FAILED", BAZEL_XML, "PASS A.B\npanic")
        self.assertEqual([c.reason is None for c in found], [True, False])

    def test_a_failing_line_fails_a_target_that_exits_well(self):
        found = results.target_cases("//a:b", "PASSED", BAZEL_XML, "FAIL A.B: bad\n")
        self.assertEqual([c.reason for c in found], ["bad"])

    def test_a_filter_that_leaves_no_case_leaves_none(self):
        xml = '<testsuites tests="0" failures="0" disabled="0" name="AllTests"></testsuites>'
        self.assertEqual(results.target_cases("//a:b", "PASSED", xml, ""), [])


class Events(unittest.TestCase):
    def test_reads_results_tags_and_what_did_not_build(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "test.log")
            log.write_text("PASS A.B\n")
            events = [
                {"id": {"targetConfigured": {"label": "//a:b"}}, "configured": {"tag": ["driver=linux/x"]}},
                {"id": {"testResult": {"label": "//a:b"}}, "testResult": {
                    "status": "PASSED", "testActionOutput": [{"name": "test.log", "uri": log.as_uri()}]}},
                {"id": {"targetCompleted": {"label": "//a:c"}}, "completed": {}},
            ]
            path = pathlib.Path(folder, "events")
            path.write_text("\n".join(map(json.dumps, events)))
            found, broken = results.read_events(path)
        self.assertEqual([(t.label, t.tags, t.passed, t.failed) for t in found], [("//a:b", ["driver=linux/x"], 1, 0)])
        self.assertEqual(broken, ["//a:c"])


if __name__ == "__main__":
    cases.main()
