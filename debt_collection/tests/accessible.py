"""Measure a page by axe-core: WCAG 2.2, levels A and AA, in a real browser."""

import json
import os
from pathlib import Path

#: Where `./dev test` has put axe-core.
AXE = os.environ.get("DEBT_AXE")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
#: Opens all that can be opened, then says what is wrong, and where.
CHECK = """
(async () => {
    for (const one of document.querySelectorAll("details")) {
        one.open = true;
    }
    const found = await axe.run(%s, {runOnly: {type: "tag", values: %s}});
    const wrong = found.violations.flatMap(({id, help, nodes}) =>
        nodes.map((node) => `${id} (${help}): ${node.html} ${node.failureSummary}`)
    );
    if (!found.passes.length) {
        wrong.push("axe-core has looked at nothing");
    }
    if (wrong.length) {
        console.error(wrong.join("\\n"));
    } else {
        console.log("accessible");
    }
})();
"""


def assert_accessible(test, path, login=None, within="document"):
    """Fail where a page has barriers that a program can find.

    :param test: ``HttpCase``
    :param str path: of the page
    :param str within: JavaScript that says which part of the page is ours
    """
    if not AXE:
        test.skipTest("axe-core comes with ./dev test")
    measure = Path(AXE).read_text("utf-8")
    test.browser_js(
        path,
        measure + CHECK % (within, json.dumps(RULES)),
        login=login,
        success_signal="accessible",
    )
