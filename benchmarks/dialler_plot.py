"""The yield of the dialling modes as a drawing: plain SVG, no library."""

from html import escape

COLOURS = {"preview": "#8f8f8f", "progressive": "#3c78b4", "predictive": "#c0504d"}
WIDTH, HEIGHT, LEFT, TOP = 210, 190, 60, 70
GAP = 26
HIGHEST = 25


def draw(found, rates, teams):
    """Conversations per operator and hour over team sizes, a panel per answer rate.

    :param dict found: yields by (mode, team, rate)
    :return: the SVG as text
    """
    width = LEFT + len(rates) * (WIDTH + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + 250}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{TOP + 250}" fill="#ffffff"/>',
        _text(LEFT, 22, "Conversations per operator and hour", "start", 15),
        *_legend(),
    ]
    for number, rate in enumerate(rates):
        left = LEFT + number * (WIDTH + GAP)
        parts += _panel(left, rate, teams, found, labelled=not number)
    parts.append(_text(LEFT, TOP + 240, NOTE, "start", 11))
    return "\n".join([*parts, "</svg>\n"])


NOTE = (
    "Across: operators. Figures at the predictive curve: % abandoned of the live "
    "answers, cap 3 %. Talk 120 s, wrap-up 30 s, reading 15 s."
)


def _text(x, y, text, anchor="middle", size=12, colour="#333333"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
        f' fill="{colour}">{escape(text)}</text>'
    )


def _legend():
    for number, (mode, colour) in enumerate(COLOURS.items()):
        x = LEFT + number * 110
        yield f'<rect x="{x}" y="33" width="14" height="4" fill="{colour}"/>'
        yield _text(x + 20, 40, mode, "start")


def _panel(left, rate, teams, found, labelled):
    """Grid, curves and labels of one answer rate."""
    yield _text(left + WIDTH / 2, TOP - 8, f"{rate:.0%} answer", size=13)
    for value in range(0, HIGHEST + 1, 5):
        y = _height(value)
        yield (
            f'<line x1="{left}" y1="{y}" x2="{left + WIDTH}" y2="{y}"'
            ' stroke="#dddddd"/>'
        )
        if labelled:
            yield _text(left - 8, y + 4, str(value), "end")
    places = [left + (n + 0.5) * WIDTH / len(teams) for n in range(len(teams))]
    for x, team in zip(places, teams, strict=True):
        yield _text(x, TOP + HEIGHT + 18, str(team))
    for mode, colour in COLOURS.items():
        results = [found[mode, team, rate] for team in teams]
        points = [
            (x, _height(result.per_hour))
            for x, result in zip(places, results, strict=True)
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield (
            f'<polyline points="{line}" fill="none" stroke="{colour}"'
            ' stroke-width="2"/>'
        )
        for (x, y), result in zip(points, results, strict=True):
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
            if mode == "predictive" and result.abandoned:
                share = f"{100 * result.abandoned:.1f}"
                yield _text(x, y - 8, share, size=10, colour=colour)


def _height(value):
    return round(TOP + HEIGHT - value * HEIGHT / HIGHEST, 1)
