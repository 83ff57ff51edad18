"""What a learner is told about one question, for tools that show HTML, plain text and PNG."""

from __future__ import annotations

from functools import cache
from typing import Any

from grader.results import QuestionResult
from grader.text import clean

_HTML = """\
<div class="mathjax_ignore tex2jax_ignore">
<p><strong>{{ sign }} {{ words }}: {{ points }} of {{ most }} points</strong></p>
<p>{{ message | prose }}</p>
{%- for ask in asks %}
<p><em>A question to ask yourself:</em> {{ ask | prose }}</p>
{%- endfor %}
{%- if behaviours %}
<ul>
{%- for each in behaviours %}
<li>{{ "✓" if each.passed else "○" }} {{ each.name | prose }} ({{ each.points }} of {{ each.most }})
{%- if each.message %}<br>{{ each.message | prose }}{% endif %}</li>
{%- endfor %}
</ul>
{%- endif %}
</div>"""


def as_html(question: QuestionResult) -> str:
    """HTML with nothing in it but text: no style, no script, every word of a learner's escaped, and no formula."""
    return _template().render(_facts(question))


def as_text(question: QuestionResult) -> str:
    """The same as plain text."""
    facts = _facts(question)
    lines = ["{sign} {words}: {points} of {most} points".format(**facts), facts["message"]]
    lines += [f"A question to ask yourself: {ask}" for ask in facts["asks"]]
    for each in facts["behaviours"]:
        sign = "✓" if each["passed"] else "○"
        lines.append(f"{sign} {each['name']} ({each['points']} of {each['most']})")
        lines += [f"    {each['message']}"] if each["message"] else []
    return "\n".join(lines)


def picture(question: QuestionResult) -> bytes | None:
    """The PNG of the first behaviour that failed and has a picture; None where there is none that can be drawn."""
    from tlcore import plots

    for each in question.behaviours:
        if each.picture is not None and not each.passed:
            try:
                return plots.png(each.picture)
            except Exception:  # the numbers come from untrusted code; the message stands without its picture
                continue
    return None


def _facts(question: QuestionResult) -> dict[str, Any]:
    from grader.pages.wording import STATUSES, number

    _, sign, words, _ = STATUSES[question.status]
    shown = [b for b in question.behaviours if len(question.behaviours) > 1]
    return {
        "sign": sign,
        "words": words,
        "points": number(question.points),
        "most": number(question.max_points),
        "message": clean(question.message, 1200),
        "asks": [clean(each.asks, 600) for each in question.advice],
        "behaviours": [
            {
                "passed": b.passed,
                "name": clean(b.name, 300),
                "points": number(b.points),
                "most": number(b.max_points),
                # The question's message is that of the first behaviour that failed: said once.
                "message": "" if b.message == question.message else clean(b.message, 1200),
            }
            for b in shown
        ],
    }


@cache
def _template() -> Any:
    import jinja2

    from grader.pages.wording import prose

    environment = jinja2.Environment(autoescape=True)
    environment.filters["prose"] = prose
    return environment.from_string(_HTML)
