"""A bill of materials in CycloneDX: all crates that a build of the program uses, on any system, with their licences."""

import json
import re
import subprocess
import time
import uuid

from .release import ROOT


def crates():
    """From `cargo tree`, with its depth: (depth, name, version, licence). `cargo metadata` counts optional
    dependencies that no feature turns on."""
    command = ["cargo", "tree", "--locked", "--quiet", "--target", "all", "--edges", "normal,build", "--prefix", "depth",
               "--format", "|{p}|{l}|"]
    tree = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in tree.splitlines():
        depth, package, licence, _ = line.split("|", 3)
        name, version = package.split(" ")[:2]
        yield int(depth), name, version.removeprefix("v"), licence


def checksums():
    """(name, version) to the SHA-256 of the crate, from Cargo.lock."""
    lock = (ROOT / "Cargo.lock").read_text()
    entry = re.compile(r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = "[^"]+"\nchecksum = "([0-9a-f]{64})"')
    return {(name, version): checksum for name, version, checksum in entry.findall(lock)}


def component(name, version, licence, checksum):
    found = {"type": "library", "bom-ref": purl(name, version), "name": name, "version": version,
             # Old crates write `MIT/Apache-2.0`.
             "licenses": [{"expression": licence.replace("/", " OR ")}], "purl": purl(name, version)}
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return found


def purl(name, version):
    return f"pkg:cargo/{name}@{version}"


def document(release):
    sums, components, uses, path = checksums(), {}, {}, []
    for depth, name, version, licence in crates():
        reference = purl(name, version)
        del path[depth:]
        if path:
            uses[path[-1]].add(reference)
        path.append(reference)
        uses.setdefault(reference, set())
        components[reference] = component(name, version, licence, sums.get((name, version)))
    program = components.pop(purl(release.name, release.version)) | {
        "type": "application", "description": release.description}
    made = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(release.epoch)), "component": program},
        "components": [components[reference] for reference in sorted(components)],
        "dependencies": [{"ref": user, "dependsOn": sorted(used)} for user, used in sorted(uses.items())],
    }
    # The same contents have the same number.
    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(made, sort_keys=True))
    return {"serialNumber": f"urn:uuid:{number}"} | made


def make(release):
    text = json.dumps(document(release), indent=2, ensure_ascii=False) + "\n"
    yield f"{release.name}-{release.version}.cdx.json", text.encode()
