"""The colours of the pages, light and dark; a test computes the contrast of every pair that carries text."""

LIGHT = {
    "page": "#f6f4ef",
    "surface": "#ffffff",
    "ink": "#1f2430",
    "muted": "#565b66",
    "line": "#d8d4ca",
    "accent": "#0b5c8a",
    "callout": "#eaf3f9",
    "passed": "#0f6b4f",
    "passed-soft": "#e2f3eb",
    "partial": "#7a4d00",
    "partial-soft": "#fdf0d5",
    "failed": "#a33a0b",
    "failed-soft": "#fde8dd",
    "error": "#8a2460",
    "error-soft": "#fae6f0",
    "waiting": "#4b5563",
    "waiting-soft": "#eceef1",
}
DARK = {
    "page": "#13161b",
    "surface": "#1c2027",
    "ink": "#e9e7e2",
    "muted": "#a9adb6",
    "line": "#3a404b",
    "accent": "#7cc4f0",
    "callout": "#1b2d3a",
    "passed": "#6fd3ab",
    "passed-soft": "#143528",
    "partial": "#f0bf5c",
    "partial-soft": "#3a2c0e",
    "failed": "#ff9c73",
    "failed-soft": "#3d1f12",
    "error": "#f39ac8",
    "error-soft": "#3a1a2e",
    "waiting": "#b8bec8",
    "waiting-soft": "#2b3038",
}

STATES = ("passed", "partial", "failed", "error", "waiting")

# (text, background) as the style sheet combines them.
TEXT_PAIRS = (
    *((text, ground) for text in ("ink", "muted", "accent") for ground in ("page", "surface", "callout")),
    *((state, f"{state}-soft") for state in STATES),
    *((state, "surface") for state in STATES),
    *(("ink", f"{state}-soft") for state in STATES),
)


def as_css(colours: dict[str, str]) -> str:
    """Custom properties for a style sheet: `--page: #f6f4ef; ...`."""
    return " ".join(f"--{name}: {value};" for name, value in colours.items())
