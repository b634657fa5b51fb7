"""One release: its version, its time, its programs and the files that go with them."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# A reserved top-level domain (RFC 2606): nobody can own it.
NO_HOMEPAGE = "https://homepage-not-set.invalid"


@dataclass(frozen=True)
class Platform:
    """A target of rustc, in the words of each packager."""
    target: str
    deb: str | None
    wheel: str
    npm_os: str
    npm_cpu: str

    @property
    def is_windows(self):
        return "-windows-" in self.target

    @property
    def is_linux(self):
        return "-linux-" in self.target

    @property
    def program(self):
        return "xacct.exe" if self.is_windows else "xacct"


def linux(target, deb, machine, cpu):
    # A static program needs no libc: the wheel is for glibc and musl alike, from the oldest tags on.
    return Platform(target, deb, f"manylinux_2_17_{machine}.manylinux2014_{machine}.musllinux_1_1_{machine}", "linux", cpu)


PLATFORMS = {platform.target: platform for platform in [
    linux("x86_64-unknown-linux-musl", "amd64", "x86_64", "x64"),
    linux("aarch64-unknown-linux-musl", "arm64", "aarch64", "arm64"),
    linux("x86_64-unknown-linux-gnu", "amd64", "x86_64", "x64"),
    linux("aarch64-unknown-linux-gnu", "arm64", "aarch64", "arm64"),
    Platform("x86_64-pc-windows-gnu", None, "win_amd64", "win32", "x64"),
    Platform("x86_64-pc-windows-msvc", None, "win_amd64", "win32", "x64"),
    Platform("x86_64-apple-darwin", None, "macosx_10_12_x86_64", "darwin", "x64"),
    Platform("aarch64-apple-darwin", None, "macosx_11_0_arm64", "darwin", "arm64"),
]}


@dataclass(frozen=True)
class Release:
    """What every package needs to know. `programs` maps targets to files; `homepage` may be unset."""
    name: str
    version: str
    description: str
    licence: str
    keywords: list
    rust_version: str
    epoch: int
    out: Path
    programs: dict
    homepage: str
    release_url: str

    @property
    def has_homepage(self):
        return self.homepage != NO_HOMEPAGE

    def platforms(self):
        return [PLATFORMS[target] for target in sorted(self.programs)]

    def program(self, platform):
        return self.programs[platform.target].read_bytes()


def manifest():
    """The table `package` of Cargo.toml, by cargo itself: Python 3.9 has no reader of TOML."""
    import json
    text = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version=1", "--locked", "--offline"], cwd=ROOT,
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(text)["packages"][0]


def epoch():
    """SOURCE_DATE_EPOCH, or the time of the commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        given = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, stdout=subprocess.PIPE,
                               text=True).stdout
    return int(given)


def read(path):
    return (ROOT / path).read_bytes()


def documents():
    """The texts of every package: path in the project, content."""
    return {name: read(name) for name in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]}


def man_pages():
    return {path.name: path.read_bytes() for path in sorted((ROOT / "man").iterdir())}


def completions():
    return {path.name: path.read_bytes() for path in sorted((ROOT / "completions").iterdir())}
