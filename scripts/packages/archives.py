"""Archives with the same bytes from the same files: sorted, without owners, with one time for all."""

import gzip
import io
import subprocess
import tarfile
import time
import zipfile

from .release import ROOT, completions, documents, man_pages


def tar_gz(files, epoch):
    """`files` maps paths to (content, mode)."""
    packed = io.BytesIO()
    # Neither a name nor a time in gzip's header.
    with gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0, compresslevel=9) as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path, (content, mode) in sorted(files.items()):
                entry = tarfile.TarInfo(path)
                entry.size, entry.mode, entry.mtime = len(content), mode, epoch
                archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def zipped(files, epoch):
    packed = io.BytesIO()
    # A zip has no times before 1980.
    when = max(time.gmtime(epoch)[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, (content, mode) in sorted(files.items()):
            entry = zipfile.ZipInfo(path, when)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, (0o100000 | mode) << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def files_of(release, platform):
    """The program with its documents, below one folder."""
    folder = f"{release.name}-{release.version}-{platform.target}"
    files = {platform.program: (release.program(platform), 0o755)}
    files |= {name: (content, 0o644) for name, content in documents().items()}
    files |= {f"completions/{name}": (content, 0o644) for name, content in completions().items()}
    if not platform.is_windows:
        files |= {f"man/{name}": (content, 0o644) for name, content in man_pages().items()}
    return {f"{folder}/{path}": entry for path, entry in files.items()}


def make(release):
    """A tar.gz for each Unix, a zip for Windows: name, content."""
    for platform in release.platforms():
        name, files = f"{release.name}-{release.version}-{platform.target}", files_of(release, platform)
        if platform.is_windows:
            yield f"{name}.zip", zipped(files, release.epoch)
        else:
            yield f"{name}.tar.gz", tar_gz(files, release.epoch)


def source(release):
    """The committed files, for those who build it themselves."""
    folder = f"{release.name}-{release.version}"
    archive = subprocess.run(["git", "archive", f"--prefix={folder}/", "HEAD"], cwd=ROOT, check=True,
                             stdout=subprocess.PIPE).stdout
    yield f"{folder}-source.tar.gz", gzip.compress(archive, 9, mtime=0)
