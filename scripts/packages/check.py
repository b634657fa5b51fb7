"""Whether the texts of a release are right: python3 scripts/packages/check.py DIST VERSION

The bill of materials, the files of other package managers and the metadata for `cargo binstall` are held to what is in
DIST. The programs that read them are not needed; what each of them wants is written down here.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

ROOT = Path(__file__).resolve().parent.parent.parent
WINDOWS = "x86_64-pc-windows-gnu"
# What the manifest schemas of winget 1.6.0 require.
WINGET = {
    "xacct.xacct.yaml": ("version", ["PackageIdentifier", "PackageVersion", "DefaultLocale"]),
    "xacct.xacct.installer.yaml": ("installer", ["PackageIdentifier", "PackageVersion", "Installers"]),
    "xacct.xacct.locale.en-US.yaml": ("defaultLocale", ["PackageIdentifier", "PackageVersion", "PackageLocale", "Publisher",
                                                       "PackageName", "License", "ShortDescription"]),
}


def fail(why):
    sys.exit(f"dist-check: {why}")


def expect(true, why):
    if not true:
        fail(why)


def sum_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def members(path):
    if path.suffix == ".zip":
        return zipfile.ZipFile(path).namelist()
    with tarfile.open(path) as archive:
        return archive.getnames()


def bill_of_materials(dist, version):
    bom = json.loads((dist / f"xacct-{version}.cdx.json").read_text())
    expect(bom["bomFormat"] == "CycloneDX" and bom["metadata"]["component"]["version"] == version, "SBOM: not of this version")
    references = {component["bom-ref"] for component in bom["components"]} | {bom["metadata"]["component"]["bom-ref"]}
    expect(all(set(one["dependsOn"]) <= references and one["ref"] in references for one in bom["dependencies"]),
           "SBOM: a dependency is no component")
    expect(all(one["licenses"] and one["hashes"] for one in bom["components"]), "SBOM: a component has no licence or no hash")
    return f"SBOM with {len(references)} components"


def packaging(dist):
    files = [path for path in (dist / "packaging").rglob("*") if path.is_file() and path.name != "Cargo.lock"]
    for path in files:
        expect(not re.search(r"@[A-Z0-9_]+(?: [\w.-]+)?@", path.read_text()), f"{path}: not filled in")
    return f"packaging/: {len(files)} files"


def scoop(dist, version):
    path = dist / "packaging/scoop/xacct.json"
    if not path.is_file():
        return None
    manifest = json.loads(path.read_text())
    for key in ["version", "description", "homepage", "license", "architecture", "bin"]:
        expect(manifest.get(key), f"{path}: no {key}")
    one = manifest["architecture"]["64bit"]
    archive = dist / one["url"].rsplit("/", 1)[1]
    expect(manifest["version"] == version and one["hash"] == sum_of(archive), f"{path}: not of this {archive.name}")
    expect(f"{one['extract_dir']}/{manifest['bin']}" in members(archive), f"{path}: the archive has no such program")
    return "Scoop manifest"


def winget(dist, version):
    folder = dist / "packaging/winget"
    if yaml is None or not all((folder / name).is_file() for name in WINGET):
        return None
    for name, (kind, required) in WINGET.items():
        manifest = yaml.safe_load((folder / name).read_text())
        for key in required:
            expect(manifest.get(key), f"{name}: no {key}")
        # A version that looks like a number is none to winget.
        expect(manifest["ManifestType"] == kind and str(manifest["PackageVersion"]) == version, f"{name}: not of this version")
        if kind == "defaultLocale":
            expect(len(manifest["ShortDescription"]) <= 256, f"{name}: ShortDescription is longer than 256 characters")
        if kind == "installer":
            one = manifest["Installers"][0]
            archive = dist / one["InstallerUrl"].rsplit("/", 1)[1]
            inside = manifest["NestedInstallerFiles"][0]["RelativeFilePath"].replace("\\", "/")
            expect(one["InstallerSha256"] == sum_of(archive), f"{name}: not of this {archive.name}")
            expect(inside in members(archive), f"{name}: the archive has no {inside}")
    return "winget manifests"


def binstall(dist, version):
    """The archives are where `cargo binstall` looks: each with the program at the path that it expects."""
    text = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version=1", "--locked", "--offline"], cwd=ROOT,
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    package = json.loads(text)["packages"][0]
    usual = package["metadata"]["binstall"]
    suffixes = {"tgz": ".tar.gz", "zip": ".zip"}
    found = 0
    targets = sorted({path.name.removeprefix(f"xacct-{version}-").removesuffix(suffix) for suffix in suffixes.values()
                      for path in dist.glob(f"xacct-{version}-*{suffix}")} - {"source"})
    for target in targets + [other for other in usual["overrides"] if WINDOWS in targets and other not in targets]:
        settings = {**usual, **usual["overrides"].get(target, {})}
        windows = "-windows-" in target
        values = {"repo": "https://example", "name": package["name"], "version": version, "target": target, "bin": "xacct",
                  "binary-ext": ".exe" if windows else "", "archive-suffix": suffixes[settings["pkg-fmt"]]}
        filled = {key: re.sub(r"\{ *([\w-]+) *\}", lambda match: values[match.group(1)], settings[key])
                  for key in ["pkg-url", "bin-dir"]}
        archive = dist / filled["pkg-url"].rsplit("/", 1)[1]
        expect(archive.is_file(), f"Cargo.toml: cargo binstall would look for {archive.name} on {target}")
        expect(filled["bin-dir"] in members(archive), f"Cargo.toml: {archive.name} has no {filled['bin-dir']}")
        found += 1
    return f"cargo binstall: {found} targets"


def main():
    dist, version = Path(sys.argv[1]), sys.argv[2]
    done = [bill_of_materials(dist, version), packaging(dist), scoop(dist, version), winget(dist, version),
            binstall(dist, version)]
    for name in filter(None, done):
        print(f"ok       {name}")
    if yaml is None:
        print("skipped  the winget manifests (Debian: apt-get install python3-yaml)")


if __name__ == "__main__":
    main()
