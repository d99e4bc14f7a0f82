"""A small run's explorer and report, opened in a real headless Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from house import House
from playwright.sync_api import Browser, Page, expect, sync_playwright

# For machines that do something else beside.
expect.set_options(timeout=30_000)

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    # Chromium's own sandbox does not start for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def explored(browser: Browser, finished: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A finished small run with its report."""
    house = House(tmp_path_factory.mktemp("explored") / "house")
    shutil.copytree(finished.path, house.path, symlinks=True)
    house.run("--report", "report.html")
    return house


@pytest.fixture(scope="session")
def results(explored: House) -> Path:
    return explored.path / "results/small"


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """(file, fragment, context's options) -> its page; whatever it complains of fails the test."""
    said: list[str] = []
    contexts = []

    def start(file: Path, fragment: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.extend(complaint(message.type, message.text)))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda request: said.extend(outside(request.url)))
        page.goto(f"{file.as_uri()}{fragment}")
        return page

    yield start
    for context in contexts:
        context.close()
    assert said == []


def complaint(kind: str, text: str) -> list[str]:
    """What the page says of itself; that the report bundles a style's compiler is Snakemake's matter."""
    return [] if "cdn.tailwindcss.com" in text else [f"{kind}: {text}"]


def outside(url: str) -> list[str]:
    """What is asked of a network."""
    return [] if url.startswith(("file:", "data:", "blob:")) else [f"request: {url}"]


@pytest.fixture
def explore(visit: Callable[..., Page], results: Path) -> Callable[..., Page]:
    """(fragment, context's options) -> the explorer there."""
    return lambda fragment="", **options: visit(results / "explorer.html", fragment, **options)
