"""The admin in a real browser, under a strict content security policy: nothing inline, nothing from elsewhere."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.support import orders
from workflow_engine.admin.links import listing, log, operation, page
from workflow_engine.models import ExternalTask, Incident, ProcessInstance, Variable
from workflow_engine.services import external_task

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:"


class StrictPolicy:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        return answer


class Site:
    """A window in which somebody is logged in."""

    def __init__(self, window: Page, base: str) -> None:
        self.window, self.base = window, base

    def open(self, address: str) -> Page:
        self.window.goto(self.base + address)
        return self.window


@pytest.fixture
def site(settings, transactional_db: None, live_server, browser_page: Page) -> Iterator[Site]:  # type: ignore[no-untyped-def]
    """Whatever the browser complains about on its console fails the test."""
    settings.MIDDLEWARE = [f"{__name__}.StrictPolicy", *settings.MIDDLEWARE]
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    browser_page.on("console", listen)
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    User.objects.create_superuser("boss", password="secret")
    browser_page.goto(live_server.url + "/admin/")
    browser_page.fill("#id_username", "boss")
    browser_page.fill("#id_password", "secret")
    browser_page.click("[type=submit]")
    yield Site(browser_page, live_server.url)
    assert not complaints


def diagram(window: Page) -> None:
    expect(window.locator("figure.wf-diagram")).to_have_attribute("data-ready", "yes")


def test_the_definition_shows_its_diagram(site: Site) -> None:
    definition = orders.deploy("order-saga.bpmn")["order-saga"]
    orders.stuck_order()
    window = site.open(page("processdefinition", definition.pk))
    diagram(window)
    expect(window.locator("g.djs-element[data-element-id=ChargeCard]").first).to_be_visible()
    assert window.locator("g.djs-shape").count() > 15
    expect(window.locator("[data-container-id=ChargeCard] .wf-count-tokens")).to_have_text("1")
    # The licence asks that the mark of bpmn.io stays visible and uncovered.
    mark = window.locator(".bjs-powered-by")
    expect(mark).to_be_visible()
    box = mark.bounding_box()
    assert box is not None
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert window.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('.bjs-powered-by') !== null", middle)


def test_retry_now_and_the_order_goes_on(site: Site) -> None:
    orders.deploy("order-saga.bpmn")
    order = orders.stuck_order()
    window = site.open(listing("incident"))
    window.locator("#result_list").get_by_text("Charge card").click()
    expect(window.locator(".wf-stopped")).to_contain_text(orders.ERROR)
    expect(window.locator("#wf-details")).to_contain_text("ConnectionError")
    diagram(window)
    window.get_by_role("button", name="Retry now").click()
    # Where the order goes on: on its own page.
    expect(window).to_have_url(site.base + page("processinstance", order.pk))
    expect(window.locator(".messagelist .success")).to_contain_text("charge-card")
    expect(window.locator(".wf-stopped")).to_have_count(0)
    diagram(window)
    expect(window.locator(".wf-token[data-element-id=ChargeCard]")).to_have_count(1)
    expect(window.locator(".wf-incident")).to_have_count(0)
    assert not Incident.objects.exists()
    assert ExternalTask.objects.get().retries == 1
    orders.complete("charge-card")
    window.reload()
    diagram(window)
    expect(window.locator(".wf-token[data-element-id=ShipOrder]")).to_have_count(1)
    expect(window.locator(".wf-taken[data-element-id=ToShipOrder]")).to_have_count(1)
    orders.complete("ship-order", "inform-customer")
    window.reload()
    expect(window).to_have_url(site.base + page("historicprocessinstance", order.pk))
    diagram(window)
    expect(window.locator(".wf-visited[data-element-id=OrderFulfilled]")).to_have_count(1)
    assert not ProcessInstance.objects.exists()


def test_the_log_of_an_instance_that_ended_while_somebody_looked(site: Site) -> None:
    orders.deploy("order-saga.bpmn")
    order = orders.stuck_order()
    window = site.open(operation("processinstance", order.pk, "add-variable"))
    window.locator("#id_name").fill("seen")
    window.locator("#id_value").fill("x")
    window.get_by_role("button", name="Add a variable").click()
    expect(window.locator(".messagelist .success")).to_contain_text("seen")
    external_task.set_retries(str(ExternalTask.objects.get().pk), 1)
    orders.complete("charge-card", "ship-order", "inform-customer")
    window.get_by_role("link", name="Admin log").click()
    expect(window).to_have_url(site.base + log("historicprocessinstance", order.pk))
    expect(window.locator("#change-history")).to_contain_text("Variable “seen” is set.")
    expect(window.locator(".messagelist")).to_have_count(0)


def test_the_site_has_an_icon(site: Site) -> None:
    for address in ("/admin/", "/admin/workflow_engine/"):
        icon = site.open(address).locator("link[rel=icon]").get_attribute("href")
        answer = site.window.request.get(site.base + str(icon))
        assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert site.window.request.get(site.base + "/favicon.ico").ok


def test_edit_variables_and_retry_in_one_dialog(site: Site) -> None:
    orders.deploy("order-saga.bpmn")
    orders.stuck_order()
    window = site.open(operation("incident", Incident.objects.get().pk, "edit-and-retry"))
    window.locator("tr", has_text="amount").locator("textarea").fill("7.25")
    window.get_by_role("button", name="Another variable").click()
    window.locator("#id_new-1-name").fill("approvedBy")
    window.locator("#id_new-1-value").fill("the boss")
    window.locator("#id_retries").fill("2")
    window.get_by_role("button", name="Edit variables and retry").click()
    expect(window.locator(".messagelist .success")).to_contain_text("amount, approvedBy")
    assert Variable.objects.get(name="amount").value == 7.25
    assert Variable.objects.get(name="approvedBy").value == "the boss"
    assert ExternalTask.objects.get().retries == 2


def test_a_watched_instance_moves_by_itself(site: Site) -> None:
    orders.deploy("order-saga.bpmn")
    order = orders.start("order-1")
    window = site.open(page("processinstance", order.pk) + "?refresh=2")
    diagram(window)
    expect(window.locator(".wf-token[data-element-id=ReserveGoods]")).to_have_count(1)
    window.evaluate("window.isTheSamePage = true")
    orders.complete("reserve-goods")
    expect(window.locator(".wf-token[data-element-id=ChargeCard]")).to_have_count(1)
    expect(window.locator("#tokens")).to_contain_text("Charge card")
    assert window.evaluate("window.isTheSamePage")
    orders.complete("charge-card", "ship-order", "inform-customer")
    expect(window).to_have_url(re.compile("historicprocessinstance"))


def test_the_diagram_is_usable_without_a_mouse(site: Site) -> None:
    definition = orders.deploy("order-saga.bpmn")["order-saga"]
    window = site.open(page("processdefinition", definition.pk))
    diagram(window)
    fitted = scale(window)
    window.get_by_role("button", name="Zoom in").click()
    zoomed = scale(window)
    assert zoomed > fitted * 1.05
    window.locator(".wf-canvas").focus()
    window.keyboard.press("0")
    assert scale(window) == pytest.approx(fitted, rel=1e-3)
    window.keyboard.press("+")
    assert scale(window) == pytest.approx(zoomed, rel=1e-3)


def scale(window: Page) -> float:
    """How large the diagram is drawn."""
    found = re.match(r"matrix\(([\d.]+)", window.locator(".wf-canvas svg g.viewport").get_attribute("transform") or "")
    assert found is not None
    return float(found.group(1))


def test_bulk_retry_of_the_whole_list(site: Site) -> None:
    orders.deploy("order-saga.bpmn")
    for number in range(3):
        orders.stuck_order(f"order-{number}")
    window = site.open(listing("incident"))
    window.check("#action-toggle")
    window.select_option("select[name=action]", label="Retry")
    window.get_by_role("button", name="Go").click()
    expect(window.locator(".wf-names li")).to_have_count(3)
    window.fill("#id_retries", "2")
    window.get_by_role("button", name="Retry").click()
    expect(window.get_by_text("3 done")).to_be_visible()
    assert not Incident.objects.exists()


def test_the_overview_leads_to_what_has_stopped(site: Site) -> None:
    orders.deploy("order-saga.bpmn")
    orders.stuck_order()
    window = site.open("/admin/workflow_engine/")
    window.locator("section", has_text="What has stopped").get_by_text(orders.ERROR).click()
    expect(window.locator("#result_list tbody tr")).to_have_count(1)
