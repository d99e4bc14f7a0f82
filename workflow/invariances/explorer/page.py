"""The page: its template, style and scripts, the charts' library and the data, in one HTML text."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("page")
SCRIPTS = (
    "data", "place", "text", "theme", "charts", "axis", "curve", "bars", "picture", "matrix",
    "networks", "cell", "layers", "square", "worst", "main",
)  # fmt: skip
"""Files of page/, in the order in which they are needed."""


def embedded(data: Mapping[str, Any]) -> str:
    """Data as JSON that may stand inside a script element.

    Names come from files: one that holds ``</script>`` must not end the element, nor may ``<!--``
    begin a comment. JSON may write any ``<`` by its number.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def library() -> str:
    """Vega-Lite with Vega and its embedding (BSD 3-clause, vega.github.io) as one script.

    It comes with the package: nothing is fetched.
    """
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    # The same in JavaScript's strings, where alone it may occur.
    return bundle.replace("</script", "<\\/script")


def page(run: str, data: Mapping[str, Any]) -> str:
    """The page of a run; `data` is what ``cells``, ``pictures`` and ``squares`` make."""
    scripts = "\n".join((PAGE / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    parts = {
        "title": html.escape(f"{run}: invariances"),
        "style": (PAGE / "style.css").read_text(encoding="utf-8"),
        "library": library(),
        "data": embedded({"run": run, **data}),
        "scripts": f'(() => {{\n"use strict";\n{scripts}\n}})();',
    }
    template = (PAGE / "page.html").read_text(encoding="utf-8")
    # In one pass, so that nothing that is put in is looked through for places itself.
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], template)
