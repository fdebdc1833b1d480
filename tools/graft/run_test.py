# SPDX-License-Identifier: BSD-2-Clause
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.request

from graft import archive, run
from graft.failure import Failure
from testing import cases

KERNELS = {host: os.path.abspath(os.environ["HTTP_%s_KERNEL" % host.upper()]) for host in run.IMAGES}


def graft_run(*arguments, host=run.HOST, **kwargs):
    command = [str(cases.ROOT / "graft"), "run", "--host", host, "--kernel", KERNELS[host], *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kwargs)


def finished(*arguments, **kwargs):
    process = graft_run(*arguments, **kwargs)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


class Once(unittest.TestCase):
    def test_every_file_of_a_folder_comes_back_unchanged(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("index.html", b"<p>hello"), ("a b/%41.txt", b"odd name"), ("deep/er/blob", os.urandom(300_000)), ("empty", b"")):
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            for host in run.IMAGES:
                with self.subTest(host=host):
                    status, out, err = finished("--once", "--files", folder, host=host)
                    self.assertEqual(status, 0, out + err)
                    self.assertIn("6 of 6 files and pages right", out)
                    self.assertIn("<- linux/e1000", out)
                    self.assertIn("<- linux/virtio-blk", out)

    def test_a_file_that_comes_back_changed_is_noticed(self):
        class Machine:
            def fetch(self, path):
                return b"something else"

        self.assertIn("SHA-256 differs", run.compare(Machine(), "run_test.py", pathlib.Path(__file__)))


class Interrupted(unittest.TestCase):
    def check(self, number, expected):
        process = graft_run("--memory", 128)
        for line in process.stdout:
            if "Ctrl-C ends it" in line:
                url = line.split(" at ")[1].split("/ ")[0]
                break
        else:
            self.fail(process.communicate()[1])
        self.assertIn(b"linux/e1000", urllib.request.urlopen(url + "/status", timeout=20).read())
        children = subprocess.run(["pgrep", "-P", str(process.pid)], stdout=subprocess.PIPE, text=True).stdout.split()
        self.assertEqual(len(children), 1)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, expected, err)
        self.assertNotIn("Traceback", err)
        self.assertFalse(os.path.exists("/proc/" + children[0]), "QEMU still runs")

    def test_ctrl_c_ends_it_cleanly(self):
        self.check(signal.SIGINT, 0)

    def test_a_request_to_end_does_too(self):
        self.check(signal.SIGTERM, 128 + signal.SIGTERM)


class BadInput(unittest.TestCase):
    def refused(self, message, *arguments):
        status, out, err = finished("--once", *arguments)
        self.assertEqual((status, out), (1, ""), err)
        self.assertIn(message, err)
        self.assertNotIn("Traceback", err)

    def test_folders_that_cannot_be_served(self):
        with tempfile.TemporaryDirectory() as folder:
            self.refused("there is no folder", "--files", folder + "/none")
            self.refused("is not a folder", "--files", __file__)
            self.refused("holds no files", "--files", folder)
            pathlib.Path(folder, "status").write_text("mine")
            self.refused("own page /status would hide", "--files", folder)

    def test_names_that_ustar_cannot_hold(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "x" * 101).write_text("long")
            self.refused("too long for a ustar archive", "--files", folder)

    def test_files_that_ustar_cannot_hold(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(pathlib.Path(folder, "big"), "wb") as sparse:
                sparse.truncate(archive.MAX_FILE_BYTES + 1)
            self.refused("holds files of at most", "--files", folder)

    def test_models_that_do_not_exist(self):
        self.refused("did you mean e1000", "--nic", "e1001")
        self.refused("valid: linux/nvme, linux/virtio-blk", "--disk", "floppy")

    def test_sets_that_do_not_exist_or_lack_a_driver(self):
        self.refused("did you mean virtio?", "--set", "virtoi")
        self.refused("driver set nvme (linux/nvme) has no ethernet driver; sets that have: linux_all", "--set", "nvme", "--disk", "nvme")

    def test_a_host_that_does_not_exist(self):
        self.refused("no host called 'eventlop'; did you mean eventloop", "--host", "eventlop")
        self.refused("valid: eventloop, threaded", "--host", "none")

    def test_a_port_that_is_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.refused("is in use", "--port", taken.getsockname()[1])
        self.refused("is no port", "--port", 70000)

    def test_an_image_that_does_not_exist(self):
        self.refused("there is no kernel image", "--kernel", "/nonexistent")


class Archive(unittest.TestCase):
    def test_a_prefix_makes_room_for_a_longer_name(self):
        archive.check("p" * 150 + "/" + "n" * 100, pathlib.Path(__file__))
        with self.assertRaises(Failure):
            archive.check("p" * 150 + "n" * 100, pathlib.Path(__file__))


if __name__ == "__main__":
    cases.main()
