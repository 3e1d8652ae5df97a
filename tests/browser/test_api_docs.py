"""The page of the API's description in a real browser: all from this site, nothing inline, and its requests are answered."""

import json

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import ConsoleMessage, Page, expect


@pytest.mark.one_database
def test_the_page_describes_the_api_and_asks_it(transactional_db: None, live_server, browser_page: Page) -> None:  # type: ignore[no-untyped-def]
    complaints: list[str] = []
    asked: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} {message.location}")

    browser_page.on("console", listen)
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    browser_page.on("request", lambda request: asked.append(request.url))
    User.objects.create_superuser("boss", password="secret")
    browser_page.goto(live_server.url + "/admin/")
    browser_page.fill("#id_username", "boss")
    browser_page.fill("#id_password", "secret")
    browser_page.click("[type=submit]")
    browser_page.goto(live_server.url + "/engine-rest/docs/")
    operation = browser_page.locator("#operations-group-postGroupCreate")
    browser_page.locator("#operations-tag-group").click()
    operation.locator("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea").fill(json.dumps({"id": "accounting", "name": "Accounting", "type": "WORKFLOW"}))
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("204")
    assert not complaints
    assert all(url.startswith((live_server.url, "data:", "blob:")) for url in asked), asked
