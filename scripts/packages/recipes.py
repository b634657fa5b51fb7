"""The files of other package managers (packaging/*.in), with version, addresses and sums filled in.

In a template, `@HOMEPAGE@`, `@RELEASE_URL@`, `@VERSION@`, `@DESCRIPTION@`, `@LICENSE@` and `@RUST@` are values;
`@URL SUFFIX@` and `@SHA256 SUFFIX@` are those of the artifact xacct-VERSION-SUFFIX.
"""

import hashlib
import re

from .release import ROOT, read

# Template to result, below packaging/.
RECIPES = {
    "homebrew/xacct.rb.in": "homebrew/xacct.rb",
    "scoop/xacct.json.in": "scoop/xacct.json",
    "winget/xacct.yaml.in": "winget/xacct.xacct.yaml",
    "winget/xacct.installer.yaml.in": "winget/xacct.xacct.installer.yaml",
    "winget/xacct.locale.en-US.yaml.in": "winget/xacct.xacct.locale.en-US.yaml",
    "nix/package.nix.in": "nix/package.nix",
    "aur/PKGBUILD.in": "aur/PKGBUILD",
    "aur/SRCINFO.in": "aur/.SRCINFO",
}


class Missing(Exception):
    """An artifact that a recipe names was not made."""


def filled(release, template, artifacts):
    values = {"HOMEPAGE": release.homepage, "RELEASE_URL": release.release_url, "VERSION": release.version,
              "DESCRIPTION": release.description, "LICENSE": release.licence, "RUST": release.rust_version}

    def value(match):
        word, suffix = match.group(1), match.group(2)
        if suffix is None:
            return values[word]
        name = f"{release.name}-{release.version}-{suffix}"
        if word == "URL":
            return f"{release.release_url}/{name}"
        if name not in artifacts:
            raise Missing(name)
        return hashlib.sha256(artifacts[name]).hexdigest()

    return re.sub(r"@([A-Z0-9_]+)(?: ([\w.-]+))?@", value, template)


def make(release, artifacts):
    """(path below packaging/, content), or (path, the missing artifact's name as an error)."""
    for source, result in RECIPES.items():
        template = (ROOT / "packaging" / source).read_text()
        try:
            yield f"packaging/{result}", filled(release, template, artifacts).encode()
        except Missing as missing:
            yield f"packaging/{result}", missing
    yield "packaging/nix/Cargo.lock", read("Cargo.lock")
