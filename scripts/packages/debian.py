"""A Debian package for each Linux, made by dpkg-deb."""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
import textwrap
import time
from pathlib import Path

from .release import ROOT, completions, man_pages, read

MAINTAINER = "The xacct contributors <xacct@homepage-not-set.invalid>"
# Where Debian's shells look, and the names there.
COMPLETIONS = {
    "xacct.bash": "usr/share/bash-completion/completions/xacct",
    "_xacct": "usr/share/zsh/vendor-completions/_xacct",
    "xacct.fish": "usr/share/fish/vendor_completions.d/xacct.fish",
}


def squeezed(content):
    return gzip.compress(content, 9, mtime=0)


def deb_version(release):
    return f"{release.version}-1"


def control(release, platform, size):
    fields = {
        "Package": release.name, "Version": deb_version(release), "Section": "admin", "Priority": "optional",
        "Architecture": platform.deb, "Maintainer": MAINTAINER, "Installed-Size": size,
        # For HTTPS; for a browser where `login` and `console` open one.
        "Recommends": "ca-certificates", "Suggests": "xdg-utils, awscli",
    }
    if release.has_homepage:
        fields["Homepage"] = release.homepage
    # The synopsis has neither an article nor a full stop at its end.
    text = textwrap.fill(release.description + ".", 76)
    fields["Description"] = "cross-account credential broker for AWS\n" + textwrap.indent(text, " ")
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def changelog(release):
    when = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(release.epoch))
    return (f"{release.name} ({deb_version(release)}) unstable; urgency=medium\n\n"
            f"  * Release {release.version}. The changes are in changelog.gz.\n\n -- {MAINTAINER}  {when}\n")


def copyright_file():
    mit = (ROOT / "LICENSE-MIT").read_text()
    holder = re.search(r"Copyright \(c\) (.*)", mit).group(1)
    terms = mit[mit.index("Permission is hereby"):].strip().replace("\n\n", "\n.\n")
    template = (ROOT / "packaging/debian/copyright.in").read_text()
    return template.replace("@HOLDER@", holder).replace("@MIT@", textwrap.indent(terms, " ", lambda line: True))


def files_of(release, platform):
    """Paths below / with content and mode."""
    doc = f"usr/share/doc/{release.name}"
    files = {
        f"usr/bin/{release.name}": (release.program(platform), 0o755),
        f"{doc}/copyright": (copyright_file().encode(), 0o644),
        f"{doc}/changelog.gz": (squeezed(read("CHANGELOG.md")), 0o644),
        f"{doc}/changelog.Debian.gz": (squeezed(changelog(release).encode()), 0o644),
        f"{doc}/README.md.gz": (squeezed(read("README.md")), 0o644),
        # The program is linked statically on purpose, which lintian takes for a mistake.
        f"usr/share/lintian/overrides/{release.name}": (read("packaging/debian/lintian-overrides"), 0o644),
    }
    for name, content in man_pages().items():
        files[f"usr/share/man/man{name[-1]}/{name}.gz"] = (squeezed(content), 0o644)
    scripts = completions()
    return files | {to: (scripts[name], 0o644) for name, to in COMPLETIONS.items()}


def md5sums(files):
    import hashlib
    return "".join(f"{hashlib.md5(content).hexdigest()}  {path}\n" for path, (content, _) in sorted(files.items()))


def write(path, content, mode=0o644):
    for folder in [parent for parent in path.parents if not parent.exists()][::-1]:
        folder.mkdir()
        folder.chmod(0o755)
    path.write_bytes(content)
    path.chmod(mode)


def make(release):
    """One package for each processor; without dpkg-deb there is none."""
    if not shutil.which("dpkg-deb"):
        return
    done = set()
    for platform in release.platforms():
        if platform.deb is None or platform.deb in done:
            continue
        done.add(platform.deb)
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "root"
            files = files_of(release, platform)
            for path, (content, mode) in files.items():
                write(tree / path, content, mode)
            size = sum(-(-len(content) // 1024) for content, _ in files.values()) + len(files)
            write(tree / "DEBIAN/control", control(release, platform, size).encode())
            write(tree / "DEBIAN/md5sums", md5sums(files).encode())
            tree.chmod(0o755)
            package = Path(folder) / "package.deb"
            subprocess.run(["dpkg-deb", "--build", "--root-owner-group", "-Zxz", tree, package], check=True,
                           stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": str(release.epoch)})
            yield f"{release.name}_{deb_version(release)}_{platform.deb}.deb", package.read_bytes()
