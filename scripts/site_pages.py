"""A hook of MkDocs: pages of the site that do not lie in docs/, and links that lead to where they are.

README.md is the front page, config/README.md and CHANGELOG.md pages of their own. The gallery shows docs'
images and, of runs that are in results/ where the site is built, their explorers; those are copied into the
site and never committed.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"README.md": "index.md", "config/README.md": "config.md", "CHANGELOG.md": "changelog.md"}
"""Files of the checkout, and their pages."""
LINK = re.compile(r"(!?\[[^\]]*\])\((?!https?:|#)([^)#]+)(#[^)]*)?\)")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages and the explorers."""
    for name, page in PAGES.items():
        content = led((ROOT / name).read_text(encoding="utf-8"), Path(name).parent)
        files.append(File.generated(config, page, content=content))
    explorers = sorted(ROOT.glob("results/*/explorer.html"))
    for path in explorers:
        place = f"explorers/{path.parent.name}.html"
        files.append(File.generated(config, place, abs_src_path=str(path)))
    images = sorted((ROOT / "docs/images").glob("*.png"))
    content = gallery([path.name for path in images], [path.parent.name for path in explorers])
    files.append(File.generated(config, "gallery.md", content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links out of docs/ lead to the pages that stand for the files."""
    return markdown if page.file.generated_by else led(markdown, Path("docs"))


def led(markdown: str, folder: Path) -> str:
    """A file's text with its links as the site has them; what the site lacks loses its link."""

    def place(found: re.Match[str]) -> str:
        text, target, anchor = found[1], found[2], found[3] or ""
        path = (ROOT / folder / target).resolve().relative_to(ROOT).as_posix()
        if path in PAGES:
            return f"{text}({PAGES[path]}{anchor})"
        if path.startswith("docs/"):
            return f"{text}({path.removeprefix('docs/')}{anchor})"
        return text[1:-1] if text.startswith("[") else ""

    return LINK.sub(place, markdown)


def gallery(images: list[str], explorers: list[str]) -> str:
    """The page of all figures in docs/ and of the explorers that were found."""
    parts = [
        "# Gallery",
        "Figures of the runs that these pages speak of, as `make run` and others draw them.",
    ]
    for name in images:
        title = name.removesuffix(".png").replace("-", " ").capitalize()
        parts += [f"## {title}", f"![{title}](images/{name})"]
    if explorers:
        parts += ["## Explorers", *(f"- [{name}](explorers/{name}.html)" for name in explorers)]
    return "\n\n".join(parts) + "\n"
