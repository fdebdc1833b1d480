# SPDX-License-Identifier: BSD-2-Clause
"""Mixed load for a while, and whether anything grew meanwhile."""
import time

import archives
from guest import Disk, Guest, UserNetwork, image, scratch
from load import Clients
from web import Web

FILES = archives.small(40) + [archives.File("large.bin", 3 << 20)]
# What a page table or a cache of the donor may gain when the load happens to peak higher than before.
TOLERANCE_BYTES = 256 << 10
PERIODS = 10


def require(condition, text):
    if not condition:
        raise AssertionError(text)


def used_bytes(web):
    """Memory in use once every client has left."""
    return web.wait_until_quiet()["host_memory"]["in_use_bytes"]


def run(seconds):
    """Loads the HTTP kernel for a time, in periods with a rest after each. Fails on a wrong byte or on growth."""
    path = archives.write_archive(scratch() / "soak.tar", FILES, b"<p>index")
    with Guest(image("HTTP_KERNEL"), disk=Disk(path), network=UserNetwork()) as guest:
        web = Web(guest)
        web.wait_until_it_answers()
        used, fetched = [], 0
        for period in range(PERIODS):
            with Clients(web, FILES, count=16, mixed=True, seed=period) as clients:
                deadline = time.monotonic() + seconds / PERIODS
                while time.monotonic() < deadline and not clients.faults:
                    guest.require_running()
                    time.sleep(0.1)
            fetched += clients.fetched
            used.append(used_bytes(web))
            print("period %d: %d files fetched, %d bytes in use" % (period, fetched, used[-1]), flush=True)
        status = web.status()
    # The first periods fill caches and pools. From then on the level must hold.
    level = max(used[:PERIODS // 2])
    require(max(used[PERIODS // 2:]) <= level + TOLERANCE_BYTES, "memory in use grew: %s" % used)
    require(fetched > 20 * seconds / 10, "only %d files in %d s" % (fetched, seconds))
    require(status["disk"]["errors"] == 0 and status["server"]["answers_server_error"] == 0, "errors: %s" % status)
    return fetched
