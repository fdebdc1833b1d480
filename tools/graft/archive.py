# SPDX-License-Identifier: BSD-2-Clause
"""Makes the disk that the HTTP example serves: a ustar archive of a folder, padded to whole blocks."""
import tarfile

from graft.failure import Failure

BLOCK_BYTES = 512
# POSIX.1-1988 (ustar): a size is 11 octal digits, a name 100 bytes after a prefix of 155.
MAX_FILE_BYTES = 8 ** 11 - 1
# Pages that the example makes itself.
RESERVED = {"status", "status.json"}


def files(folder):
    """Returns {name in the archive: path} of every file below a folder, in order."""
    if not folder.is_dir():
        raise Failure("%s is not a folder" % folder if folder.exists() else "there is no folder %s" % folder)
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = path
    for name in RESERVED & set(found):
        raise Failure("the kernel's own page /%s would hide the file %s" % (name, found[name]))
    if not found:
        raise Failure("%s holds no files to serve" % folder)
    return found


def check(name, path):
    """Refuses what the format cannot hold, before a half-written archive exists."""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise Failure("the name %r has a control character, which no URL path could name" % name)
    try:
        tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")
    except UnicodeEncodeError:
        raise Failure("the name %r is not valid text" % name) from None
    except ValueError:
        raise Failure("the name '%s' is too long for a ustar archive: at most 100 bytes, or 255 with a '/' in the right place"
                      % name) from None
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise Failure("%s has %d bytes; a ustar archive holds files of at most %d" % (path, size, MAX_FILE_BYTES))


def write(folder, image):
    """Writes the archive of a folder to `image`. Returns {name: path} of what it holds."""
    chosen = files(folder)
    for name, path in chosen.items():
        check(name, path)
    try:
        with tarfile.open(image, "w", format=tarfile.USTAR_FORMAT, dereference=True) as archive:
            for name, path in chosen.items():
                information = archive.gettarinfo(path, name)
                # Two hard links to one file are two files here.
                information.type, information.linkname = tarfile.REGTYPE, ""
                information.uid = information.gid = 0
                information.uname = information.gname = ""
                information.size = path.stat().st_size
                with open(path, "rb") as content:
                    archive.addfile(information, content)
    except OSError as error:
        raise Failure("cannot make the disk image: %s" % error) from None
    assert image.stat().st_size % BLOCK_BYTES == 0
    return chosen
