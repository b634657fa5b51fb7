"""A Python wheel for each system: the program as a script, as uv and ruff ship theirs. It has no Python code."""

import base64
import hashlib

from .archives import zipped
from .release import documents


def metadata(release):
    lines = [
        "Metadata-Version: 2.4", f"Name: {release.name}", f"Version: {release.version}",
        f"Summary: {release.description}", f"Keywords: {','.join(release.keywords)}",
        f"License-Expression: {release.licence}", "License-File: LICENSE-MIT", "License-File: LICENSE-APACHE",
        "Classifier: Environment :: Console", "Classifier: Programming Language :: Rust",
        "Requires-Python: >=3.7", "Description-Content-Type: text/markdown",
    ]
    if release.has_homepage:
        lines.append(f"Project-URL: Homepage, {release.homepage}")
    return "\n".join(lines).encode() + b"\n\n" + documents()["README.md"]


def wheel_file(platform):
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in platform.wheel.split("."))
    return f"Wheel-Version: 1.0\nGenerator: xacct scripts/dist\nRoot-Is-Purelib: false\n{tags}".encode()


def record(files, path):
    def digest(content):
        return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    lines = [f"{name},sha256={digest(content)},{len(content)}" for name, (content, _) in sorted(files.items())]
    return "\n".join([*lines, f"{path},,"]).encode() + b"\n"


def make(release):
    done = set()
    for platform in release.platforms():
        if platform.wheel in done:
            continue
        done.add(platform.wheel)
        base = f"{release.name}-{release.version}"
        info = f"{base}.dist-info"
        files = {
            f"{base}.data/scripts/{platform.program}": (release.program(platform), 0o755),
            f"{info}/METADATA": (metadata(release), 0o644),
            f"{info}/WHEEL": (wheel_file(platform), 0o644),
            f"{info}/licenses/LICENSE-MIT": (documents()["LICENSE-MIT"], 0o644),
            f"{info}/licenses/LICENSE-APACHE": (documents()["LICENSE-APACHE"], 0o644),
        }
        files[f"{info}/RECORD"] = (record(files, f"{info}/RECORD"), 0o644)
        yield f"{base}-py3-none-{platform.wheel}.whl", zipped(files, release.epoch)
