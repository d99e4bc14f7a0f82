"""What a browser shows of an explorer, read off the page."""

import base64
import io

import numpy as np
from PIL import Image
from playwright.sync_api import expect

MINUS = "\N{MINUS SIGN}"
CURVE = "#view=curve&network=one&transform=rotate&class=barbell"


STILL = """() => new Promise(done => {
    let timer
    const end = () => { watch.disconnect(); done() }
    const wait = () => { clearTimeout(timer); timer = setTimeout(end, 200) }
    const watch = new MutationObserver(wait)
    watch.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true})
    wait()
})"""


def settled(page):
    """Wait until the page has had time and changed nothing: on its own clock, however busy the machine."""
    page.evaluate(STILL)


def drawn(page, charts):
    """Wait until the visible view has its charts, each with marks in it."""
    svgs = page.locator("section:not([hidden]) svg")
    expect(svgs).to_have_count(charts)
    settled(page)
    for index in range(charts):
        marks = svgs.nth(index).locator("[class*='mark-'] path, [class*='mark-'] text")
        assert marks.count() > 5
        box = svgs.nth(index).bounding_box()
        assert box["width"] > 100 and box["height"] > 100


def shown_pixels(page, selector="#picture"):
    uri = page.eval_on_selector(selector, "canvas => canvas.toDataURL()")
    return pixels_of(uri)


def pixels_of(uri):
    return np.asarray(
        Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))).convert("RGB"), dtype=int
    )


def strip(page, transform, cls, count, example=0):
    """The pictures [T, h, w, 3] that the page has of a cell, decoded outside of the browser."""
    data = page.evaluate("() => JSON.parse(document.getElementById('data').textContent).pictures")
    sheet, side = pixels_of(data[0]["sheets"][transform][cls][example]), data[0]["side"]
    columns = min(data[0]["columns"], count)
    return [sheet[i // columns * side :, i % columns * side :][:side, :side] for i in range(count)]
