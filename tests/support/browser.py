"""The system's Chromium, driven by Playwright: the fixture `browser_page`. A test that uses it lives in tests/browser.

    def test_admin(browser_page, live_server): browser_page.goto(live_server.url + "/admin/")

`live_server` answers from threads of its own, so it brings transactional_db: what a test stores is really committed.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.browser import chromium_path

# The background-networking flags keep Chromium from calling its maker, which a closed network answers slowly.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("NO BROWSER: install Chromium, or name one in the variable CHROMIUM.")
    # Playwright's event loop makes Django believe that every call is asynchronous.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh window without cookies; where the test fails, a picture of the page is left in var/screenshots."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(15_000)
    failed_before = request.session.testsfailed
    yield page
    if request.session.testsfailed > failed_before:
        page.screenshot(path=screenshot_path(request.node.name), full_page=True)
    context.close()


def screenshot_path(name: str) -> Path:
    folder = Path(__file__).resolve().parents[2] / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / ("".join(c if c.isalnum() or c in "-_" else "-" for c in name) + ".png")
