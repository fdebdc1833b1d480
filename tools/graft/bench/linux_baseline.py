# SPDX-License-Identifier: BSD-2-Clause
"""The Linux that Graft is compared with: Debian's own kernel package, unpacked and not installed."""
import lzma
import os
import pathlib
import shutil
import stat
import struct
import subprocess
import sys
import tempfile

from graft import bazel, paths
from graft.console import say
from graft.failure import Failure

META_PACKAGE = "linux-image-amd64"
# What the benchmarks load, by the name in the guest.
MODULES = {
    "cls_bpf": "kernel/net/sched/cls_bpf.ko",
    "crc-t10dif": "kernel/lib/crc-t10dif.ko",
    "crc64": "kernel/lib/crc64.ko",
    "crc64-rocksoft": "kernel/lib/crc64-rocksoft.ko",
    "crc64_rocksoft_generic": "kernel/crypto/crc64_rocksoft_generic.ko",
    "crct10dif_common": "kernel/crypto/crct10dif_common.ko",
    "crct10dif_generic": "kernel/crypto/crct10dif_generic.ko",
    "e1000": "kernel/drivers/net/ethernet/intel/e1000/e1000.ko",
    "nvme": "kernel/drivers/nvme/host/nvme.ko",
    "nvme-core": "kernel/drivers/nvme/host/nvme-core.ko",
    "pktgen": "kernel/net/core/pktgen.ko",
    "sch_ingress": "kernel/net/sched/sch_ingress.ko",
    "t10-pi": "kernel/block/t10-pi.ko",
    "virtio": "kernel/drivers/virtio/virtio.ko",
    "virtio_blk": "kernel/drivers/block/virtio_blk.ko",
    "virtio_pci": "kernel/drivers/virtio/virtio_pci.ko",
    "virtio_pci_legacy_dev": "kernel/drivers/virtio/virtio_pci_legacy_dev.ko",
    "virtio_pci_modern_dev": "kernel/drivers/virtio/virtio_pci_modern_dev.ko",
    "virtio_ring": "kernel/drivers/virtio/virtio_ring.ko",
}
# The strongest form of the baseline: pages are not cleared before use, and no mitigation of the processor costs anything.
# Without IPv6 it sends no packet of its own accord.
COMMAND_LINE = "console=ttyS0 quiet panic=-1 init_on_alloc=0 mitigations=off ipv6.disable=1"
INIT = "//tests/bench/linux:init"


def package_name():
    """Asks apt which package the newest kernel of this release is in, and its version."""
    done = subprocess.run(["apt-cache", "depends", META_PACKAGE], stdout=subprocess.PIPE, text=True)
    names = [line.split()[1] for line in done.stdout.splitlines() if line.strip().startswith("Depends: linux-image-")]
    if not names:
        raise Failure("apt does not know %s, which the baseline is taken from; run: apt-get update" % META_PACKAGE)
    return names[0]


def extract_vmlinux(image):
    """Returns the ELF file inside a bzImage. Source: Linux boot protocol 2.08, payload_offset and payload_length."""
    setup_sectors = image[0x1f1] or 4
    payload, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + payload
    packed = image[start:start + length]
    if not packed.startswith(b"\xfd7zXZ\0"):
        raise Failure("the kernel image is not compressed with xz as Debian 12's is")
    unpacker = lzma.LZMADecompressor()
    return unpacker.decompress(packed)


def _download(package, folder):
    say("downloading %s" % package)
    if subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package], cwd=folder,
                      stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
        raise Failure("could not download %s; try: apt-get update && apt-get download %s" % (package, package))
    return next(pathlib.Path(folder).glob("*.deb"))


def ensure():
    """Returns the folder with vmlinux and the modules, bringing it on first use."""
    package = package_name()
    folder = paths.cache() / "baseline" / package
    if all((folder / name).is_file() for name in ["vmlinux", *(name + ".ko" for name in MODULES)]):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        deb = _download(package, scratch)
        version = subprocess.run(["dpkg-deb", "-f", str(deb), "Version"], stdout=subprocess.PIPE, text=True).stdout.strip()
        say("unpacking %s %s" % (package, version))
        subprocess.run(["dpkg-deb", "-x", str(deb), scratch + "/root"], check=True)
        root = pathlib.Path(scratch, "root")
        modules = next((root / "lib" / "modules").iterdir())
        for name, path in MODULES.items():
            shutil.copy(modules / path, folder / (name + ".ko"))
        (folder / "version").write_text(version + "\n")
        vmlinux = extract_vmlinux(next((root / "boot").glob("vmlinuz-*")).read_bytes())
        # Last, as its presence says that all of it is there.
        (folder / "vmlinux.part").write_bytes(vmlinux)
        os.rename(folder / "vmlinux.part", folder / "vmlinux")
    return folder


def cpio(entries):
    """Makes a cpio archive of the "newc" kind from (path, mode, content, device) entries, as an initramfs needs."""
    out = bytearray()
    trailer = [("TRAILER!!!", 0, b"", (0, 0))]
    for number, (name, mode, content, (major, minor)) in enumerate(entries + trailer, 1):
        path = name.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, major, minor, len(path), 0)
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + path
        out += b"\0" * (-len(out) % 4)
        out += content + b"\0" * (-len(content) % 4)
    return bytes(out)


def write_initramfs(folder, init, modules, path):
    entries = [("dev", stat.S_IFDIR | 0o755, b"", (0, 0)), ("proc", stat.S_IFDIR | 0o755, b"", (0, 0)),
               ("dev/console", stat.S_IFCHR | 0o600, b"", (5, 1)),
               ("init", stat.S_IFREG | 0o755, init.read_bytes(), (0, 0))]
    entries += [(name + ".ko", stat.S_IFREG | 0o644, (folder / (name + ".ko")).read_bytes(), (0, 0)) for name in modules]
    path.write_bytes(cpio(entries))


def guest(scratch, subject, modules):
    """Returns QEMU's arguments that boot the baseline, and the version of its package. It loads `modules` in that order, each a
    name with any number of ":parameter=value" behind it, and measures `subject`, one of those in tests/bench/linux/init.c."""
    folder = ensure()
    bazel.build(INIT)
    initramfs = pathlib.Path(scratch, "initramfs")
    split = [module.partition(":") for module in modules]
    write_initramfs(folder, bazel.artifact(INIT), [name for name, _, _ in split], initramfs)
    to_do = " ".join(["module=/%s.ko%s%s" % (name, colon, parameter) for name, colon, parameter in split] + ["measure=" + subject])
    arguments = ["-kernel", folder / "vmlinux", "-initrd", initramfs, "-append", "%s -- %s" % (COMMAND_LINE, to_do)]
    return arguments, (folder / "version").read_text().strip()
