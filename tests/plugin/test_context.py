"""Findings are bounded, whatever a heap says of itself."""

from __future__ import annotations

from ftheap.reader.context import FINDINGS_PER_RULE_MAX, Context


def test_the_thousandth_finding_of_a_rule_is_the_last_and_says_so():
    context = Context(None, None, None, None)
    for number in range(FINDINGS_PER_RULE_MAX + 500):
        context.find("smashed-header", number, f"number {number}")
    context.find("broken-link", 1, "another rule")
    assert len(context.findings) == FINDINGS_PER_RULE_MAX + 1
    assert context.findings[-2].message == "number 999; more of this rule were left out"
    assert context.findings[-1] == ("broken-link", 1, "another rule")
