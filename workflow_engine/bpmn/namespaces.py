"""The XML namespaces a model may use, and the short names the parser calls them by."""

from __future__ import annotations

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMN_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ACTIVITI = "http://activiti.org/bpmn"  # what Camunda's namespace was called before; means the same
FOX = "http://www.camunda.com/fox"  # older still; only failedJobRetryTimeCycle
ZEEBE = "http://camunda.org/schema/zeebe/1.0"  # Camunda 8

SHORT_NAMES = {
    BPMN: "bpmn",
    BPMN_DI: "bpmndi",
    DC: "dc",
    DI: "di",
    XSI: "xsi",
    CAMUNDA: "camunda",
    ACTIVITI: "camunda",
    FOX: "fox",
    ZEEBE: "zeebe",
}
