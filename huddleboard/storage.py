"""Static files under names that change with their content."""

from typing import ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLES = (
    r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))""",
    (r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""", '@import url("%(url)s")'),
)
# Only relative paths of scripts: other names, as in the comments of vendored modules, are no files of ours.
MODULES = (
    (
        r"""(?P<matched>(?P<verb>import|export)(?P<names>[\s{*][^;"'()]*?)from\s*["'](?P<url>\.{1,2}/[^"']*\.m?js)["'])""",
        '%(verb)s%(names)sfrom "%(url)s"',
    ),
    (r"""(?P<matched>import\s*["'](?P<url>\.{1,2}/[^"']*\.m?js)["'])""", 'import "%(url)s"'),
    (r"""(?P<matched>import\(\s*["'](?P<url>\.{1,2}/[^"']*\.m?js)["']\s*\))""", 'import("%(url)s")'),
)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Compressed and cached for ever by hashed name, modules importing each other by hashed name too.

    Source maps named in vendored files are not shipped, so they are not looked for.
    """

    patterns: ClassVar = (("*.css", STYLES), ("*.js", MODULES))
