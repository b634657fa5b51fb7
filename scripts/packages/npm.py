"""npm packages, as esbuild's: one with the program for each system, and a main one that depends on all of them
optionally, so that npm installs only the one that fits. They are what `npm pack` makes of the same files."""

import json

from .archives import tar_gz
from .release import documents, read


def text(value):
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def package(release, name, more):
    about = {"name": name, "version": release.version, "description": release.description, "license": release.licence}
    if release.has_homepage:
        about["homepage"] = release.homepage
    return text(about | more)


def packed(release, files):
    licences = {name: (documents()[name], 0o644) for name in ["LICENSE-MIT", "LICENSE-APACHE", "README.md"]}
    return tar_gz({f"package/{path}": entry for path, entry in (licences | files).items()}, release.epoch)


def platform_name(release, platform):
    return f"{release.name}-{platform.npm_os}-{platform.npm_cpu}"


def make(release):
    optional = {}
    for platform in release.platforms():
        name = platform_name(release, platform)
        if name in optional:
            continue
        optional[name] = release.version
        about = package(release, name, {"os": [platform.npm_os], "cpu": [platform.npm_cpu], "preferUnplugged": True,
                                        "files": [f"bin/{platform.program}", "LICENSE-*"]})
        files = {"package.json": (about, 0o644), f"bin/{platform.program}": (release.program(platform), 0o755)}
        yield f"{name}-{release.version}.tgz", packed(release, files)
    about = package(release, release.name, {
        "keywords": release.keywords, "bin": {release.name: "bin/xacct.js"}, "engines": {"node": ">=16"},
        "files": ["bin/xacct.js", "LICENSE-*"], "optionalDependencies": dict(sorted(optional.items())),
    })
    files = {"package.json": (about, 0o644), "bin/xacct.js": (read("packaging/npm/xacct.js"), 0o755)}
    yield f"{release.name}-{release.version}.tgz", packed(release, files)
