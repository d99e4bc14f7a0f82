"""The report in a browser: it opens, shows its figures and tables, and holds the explorer."""

from playwright.sync_api import expect


def choose(page, category):
    page.get_by_role("link", name=category).or_(page.get_by_text(category, exact=True)).first.click()


def first_result(page):
    """Open the first result of a category: the eye at the end of its row."""
    page.locator("tbody a, td a").first.click()


def test_a_figure_is_shown(visit, explored):
    page = visit(explored.path / "report.html")
    choose(page, "Known truth")
    page.go_back
    print(page.content()[:0])
