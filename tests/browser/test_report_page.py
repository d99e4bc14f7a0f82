"""The report in a browser: it opens, shows its figures, and holds the explorer."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def report(visit, explored):
    """(category, row) -> the report with that row of the category's results open."""

    def start(category, row):
        page = visit(explored.path / "report.html")
        # Not the front page's text, which names categories in bold.
        page.get_by_text(category, exact=True).and_(page.locator(":not(strong)")).click()
        page.locator("tbody tr", has_text=row).locator("a").first.click()
        return page

    return start


@pytest.mark.parametrize(
    ("category", "row"),
    [("Thresholds", "all thresholds"), ("The paper's figures", "2"), ("Claims", "claims")],
)
def test_a_figure_is_shown(report, category, row):
    page = report(category, row)
    figure = page.locator("img[src^='data:image/avif']")
    expect(figure).to_be_visible()
    assert figure.evaluate("image => image.complete && image.naturalWidth") > 500


def test_the_explorer_is_in_the_report(report):
    page = report("Explorer", "explorer")
    explorer = page.frame_locator("iframe")
    explorer.locator(".door").first.click()
    expect(explorer.locator("svg")).to_have_count(2)
    explorer.get_by_role("slider").press("End")
    expect(explorer.locator("#readout")).to_have_text("180°")
    expect(explorer.locator("#picture")).to_have_attribute("data-shown", "4")
