"""Bring third-party browser assets into `static/` once, pinned and checked, so that a run needs neither Node nor a CDN.

    python scripts/vendor.py    fetch with `npm pack`, check every archive, write files and the manifest

This needs npm and the Python packages `fonttools` and `brotli`; the result is committed, so nobody else needs them,
and a test compares the committed files with the manifest.
The font is cut down to the glyphs and weights that the pages use, which saves nine tenths of its size; the interpreter
of Vega is shipped upstream as an ES module with a bare import, which a strict content security policy without an import
map cannot resolve, so that one line is pointed at the global that `vega.min.js` defines.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
MANIFEST = STATIC / "vendor" / "manifest.json"


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package: exact version, the sha256 of its archive, and which files go where under `static/`."""

    name: str
    version: str
    sha256: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "vega",
        "6.4.0",
        "3521fb6ff68a94a40323954f0ba4484ba4014b157bfd37f89a3b063082320c42",
        "BSD-3-Clause",
        {"build/vega.min.js": "vendor/vega/vega.min.js", "LICENSE": "vendor/vega/LICENSE-vega"},
    ),
    Package(
        "vega-lite",
        "6.4.3",
        "24260f85e6f5bfe1069505f7c5c2b9863181ac413ef1030746f0a80c93991ce5",
        "BSD-3-Clause",
        {"build/vega-lite.min.js": "vendor/vega/vega-lite.min.js", "LICENSE": "vendor/vega/LICENSE-vega-lite"},
    ),
    Package(
        "vega-embed",
        "7.3.0",
        "d9a958ced3240f0418df7d5e12e97dba6e63cecda15b8403e47a0db7eb6ea859",
        "BSD-3-Clause",
        {"build/vega-embed.min.js": "vendor/vega/vega-embed.min.js", "LICENSE": "vendor/vega/LICENSE-vega-embed"},
    ),
    Package(
        "vega-interpreter",
        "2.3.2",
        "b83489633c1320e9d6f839781f0c84c661a5ca2666fe38cb83f7c52a531fffec",
        "BSD-3-Clause",
        {
            "build/vega-interpreter.js": "vendor/vega/vega-interpreter.js",
            "LICENSE": "vendor/vega/LICENSE-vega-interpreter",
        },
    ),
    Package(
        "idb",
        "8.0.4",
        "569a715333d656d77792476083647eaefeb27b23d18bff226ad42776efb8f08a",
        "ISC",
        {
            "build/index.js": "vendor/idb/idb.js",
            "LICENSE": "vendor/idb/LICENSE-idb",
        },
    ),
    Package(
        "workbox-core",
        "7.4.1",
        "19f37bead638ef44747b32893ec4f73e1cac1db940f3083917c3ad91525e750d",
        "MIT",
        {
            "build/workbox-core.prod.js": "vendor/workbox/workbox-core.prod.js",
            "LICENSE": "vendor/workbox/LICENSE-workbox-core",
        },
    ),
    Package(
        "workbox-routing",
        "7.4.1",
        "0ed2d18a95cd05beae8fd9cd87974b9c67c2ab74ad417d624710c847a6a9fbd1",
        "MIT",
        {
            "build/workbox-routing.prod.js": "vendor/workbox/workbox-routing.prod.js",
            "LICENSE": "vendor/workbox/LICENSE-workbox-routing",
        },
    ),
    Package(
        "workbox-strategies",
        "7.4.1",
        "0cd8c08f989cdabda11f713302a7d35cfa236087994540a17866c6d66cfa6adc",
        "MIT",
        {
            "build/workbox-strategies.prod.js": "vendor/workbox/workbox-strategies.prod.js",
            "LICENSE": "vendor/workbox/LICENSE-workbox-strategies",
        },
    ),
    Package(
        "workbox-precaching",
        "7.4.1",
        "a14f087522ce14d4b887e38fec78be9dcd2934f9744d3a77e26f3ebe1330763f",
        "MIT",
        {
            "build/workbox-precaching.prod.js": "vendor/workbox/workbox-precaching.prod.js",
            "LICENSE": "vendor/workbox/LICENSE-workbox-precaching",
        },
    ),
    Package(
        "yjs",
        "13.6.33",
        "cfd28813389c4204a6d1ae3db7847c8b47195523c9ef8e31a8a4b69a2b499f34",
        "MIT",
        {"LICENSE": "vendor/yjs/LICENSE-yjs"},
    ),
    Package(
        "lib0",
        "0.2.120",
        "9ee371c6ff0dbd3330895b8abbd2452c8f590bebc2d0e7e9d9343f7d4eac04e6",
        "MIT",
        {"LICENSE": "vendor/yjs/LICENSE-lib0"},
    ),
    Package(
        "isomorphic.js",
        "0.2.5",
        "dc9b112ace1f98451bf4395931def195c1ea94663c28e7486ab285659abb0262",
        "MIT",
        {"LICENSE": "vendor/yjs/LICENSE-isomorphic"},
    ),
    Package(
        "inter-ui",
        "4.1.1",
        "e392e4d71f18a7c1f23dfecd833d68fa05eeab41862686584e80fd2b5d87e9c0",
        "OFL-1.1",
        {"variable/InterVariable.woff2": "fonts/InterVariable.woff2", "LICENSE.txt": "fonts/LICENSE-Inter.txt"},
    ),
)

#: What makes one file of several, on the machine of whoever runs this; it is not shipped.
BUNDLER = Package(
    "@esbuild/linux-x64",
    "0.28.2",
    "9573bb2233aab0f9ea7647d5cca9726113cc1768de61d66b17267f4db84488f6",
    "MIT",
    {},
)
#: Shipped upstream as many modules with bare imports: one module of what the pages use.
BUNDLED = ("yjs", "lib0", "isomorphic.js")
BUNDLE = "vendor/yjs/yjs.js"
ENTRY = (
    'export { Doc, Text, UndoManager, applyUpdate, encodeStateAsUpdate, encodeStateVector, mergeUpdates } from "yjs";'
)

BARE_IMPORT = "import { ascending, isString, DisallowedObjectProperties } from 'vega-util';"
GLOBAL_IMPORT = "const { ascending, isString, DisallowedObjectProperties } = globalThis.vega;"

PUNCTUATION = [0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC]
SIGNS = [0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x25B2, 0x25C6, 0x25CF, 0x2713, 0x2717]
FONTS = {
    "fonts/inter-latin.woff2": [*range(0x20, 0x7F), *range(0xA0, 0x100), *PUNCTUATION, *SIGNS],
    "fonts/inter-latin-ext.woff2": [*range(0x100, 0x250), *range(0x1E00, 0x1F00)],
}
WEIGHTS = (400, 600)


def digest(data: bytes) -> str:
    """The sha256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def archive_of(package: Package, folder: Path) -> Path:
    """Download one archive into `folder`; refuse it unless its sha256 is the pinned one."""
    subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}", "--pack-destination", str(folder)],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    archive = folder / f"{package.name.replace('/', '-').lstrip('@')}-{package.version}.tgz"
    found = digest(archive.read_bytes())
    if found != package.sha256:
        raise SystemExit(f"{package.name} {package.version}: sha256 is {found}, expected {package.sha256}. Not used.")
    return archive


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """Download one archive and return the wanted files by target."""
    wanted: dict[str, bytes] = {}
    with tarfile.open(archive_of(package, folder)) as tar:
        for source, target in package.files.items():
            member = tar.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"{package.name} {package.version} has no file {source}")
            wanted[target] = member.read()
    return wanted


def bundle(folder: Path) -> bytes:
    """One module of the packages in `BUNDLED`, whose archives lie in `folder`."""
    modules = folder / "node_modules"
    packages = [p for p in PACKAGES if p.name in BUNDLED]
    for package in (*packages, BUNDLER):
        with tarfile.open(archive_of(package, folder)) as tar:
            tar.extractall(modules / package.name, filter="data")
            unpacked = modules / package.name / "package"
            for one in unpacked.iterdir():
                one.rename(modules / package.name / one.name)
    entry = folder / "entry.js"
    entry.write_text(ENTRY)
    done = subprocess.run(
        [str(modules / BUNDLER.name / "bin" / "esbuild"), str(entry), "--bundle", "--format=esm", "--minify",
         "--legal-comments=none", "--target=es2022", "--log-level=error"],
        check=True, cwd=folder, capture_output=True,
    )  # fmt: skip
    return done.stdout


def cut_font(source: Path, codepoints: list[int], target: Path) -> None:
    """Write a woff2 with only `codepoints`, the weights 400 to 600 and the features that the pages switch on."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern", "mark", "ccmp", "tnum", "case"]
    options.hinting = False
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codepoints)
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS, "opsz": 14})
    font.flavor = "woff2"
    font.save(target)


def vendor() -> None:
    """Fetch everything, write it under `static/` and record the sha256 of what was written."""
    files: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package in PACKAGES:
            files |= fetch(package, folder)
        files[BUNDLE] = bundle(folder)
        interpreter = files["vendor/vega/vega-interpreter.js"].decode()
        if BARE_IMPORT not in interpreter:
            raise SystemExit("vega-interpreter imports something else than before: look at its first lines.")
        files["vendor/vega/vega-interpreter.js"] = interpreter.replace(BARE_IMPORT, GLOBAL_IMPORT).encode()
        whole = folder / "InterVariable.woff2"
        whole.write_bytes(files.pop("fonts/InterVariable.woff2"))
        for target, codepoints in FONTS.items():
            cut = folder / Path(target).name
            cut_font(whole, codepoints, cut)
            files[target] = cut.read_bytes()
    for target, data in files.items():
        path = STATIC / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    manifest = {
        "packages": [
            {"name": p.name, "version": p.version, "licence": p.licence, "sha256": p.sha256} for p in PACKAGES
        ],
        "files": {target: digest(data) for target, data in sorted(files.items())},
    }
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"{len(files)} files written, {sum(map(len, files.values())):,} bytes")


if __name__ == "__main__":
    vendor()
