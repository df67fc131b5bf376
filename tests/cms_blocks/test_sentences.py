"""Leichte Sprache: one sentence a line, and no word torn from its point."""

from __future__ import annotations

import pytest

from cms_blocks import rich_text
from cms_blocks.publication.targets import Targets
from cms_blocks.sentences import one_a_line


@pytest.mark.parametrize(
    "lines",
    [
        ["Sie rufen uns an.", "Oder Sie schreiben uns."],
        ["Haben Sie Fragen?", "Fragen Sie uns!", "Wir helfen."],
        ["Das Treffen ist am 3. März 2026.", "Dann reden wir."],
        ["Wir machen z. B. einen Rund-Gang.", "Kommen Sie mit."],
        ["Das sind z.B. Feste, Märkte usw. Das alles ist offen für Dr. Muster und ca. 20 Gäste."],
        ["Die Nummer steht auf S. 3, auch in Nr. 12 und 13 an.", "Rufen Sie an."],
        ["Sie sagt: „Das ist gut.“", "Er sagt: „Ja.“"],
        ["Das ist der 1. Teil und der 2. Teil."],
        ["<strong>Wichtig.</strong>", "<em>Lesen</em> Sie weiter."],
        ['Mehr steht <a href="/x/?a=1.%20B" rel="external">hier. Unten</a>.', "Ende."],
    ],
)
def test_each_sentence_stands_on_a_line_of_its_own(lines: list[str]) -> None:
    html = f"<p>{' '.join(lines)}</p>"
    expected = f"<p>{'<br>'.join(lines)}</p>".replace("hier. Unten", "hier.<br>Unten")
    assert one_a_line(html) == expected
    assert one_a_line(expected) == expected
    assert rich_text.to_text(one_a_line(html)).split() == rich_text.to_text(html).split()


def test_only_easy_language_is_broken_into_lines() -> None:
    source = "<p>Ein Satz. Noch ein Satz.</p>"
    assert rich_text.to_html(source, Targets(locale="de")) == source
    assert rich_text.to_html(source, Targets(locale="de-simple")) == "<p>Ein Satz.<br>Noch ein Satz.</p>"
