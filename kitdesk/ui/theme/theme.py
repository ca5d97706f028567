"""Tokens become palette, QSS and fonts; Fusion is the base style on every platform."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTemporaryDir
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QGraphicsDropShadowEffect, QStyleFactory, QWidget

from kitdesk.ui.theme.tokens import COLOURS, FOLDER, MONO, PIXELS, SIZE, UI

Scheme = Literal["light", "dark"]

__all__ = ["SIZE"]
_FONT_FILES = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Bold.ttf",
)
_MONO_FEATURES = (("calt", 0), ("liga", 0), ("zero", 1))
_UI_FEATURES = (("tnum", 1), ("cv05", 1))


class _Now(QObject):
    """What is in force; one per process, as the application's style is."""

    index = 0
    system_dark: bool | None = None
    fonts_loaded = False
    scratch: QTemporaryDir | None = None


_now = _Now()


def is_dark() -> bool:
    """Tell whether the dark colours are in force."""
    return _now.index == 1


def value_of(token: str) -> str:
    """Return a colour token as ``#RRGGBB`` or ``#AARRGGBB``; KeyError for an unknown one."""
    return COLOURS[token][_now.index]


def color(token: str) -> QColor:
    """Return a colour token in the scheme in force."""
    return QColor(value_of(token))


@cache
def _font(role: str, weight: int, mono: bool) -> QFont:
    result = QFont(MONO if mono else UI)
    result.setPixelSize(PIXELS[role])
    result.setWeight(QFont.Weight(weight))
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    for tag, value in _MONO_FEATURES if mono else _UI_FEATURES:
        result.setFeature(QFont.Tag(tag), value)
    return result


def font(role: str = "body", weight: int = 400, *, mono: bool = False) -> QFont:
    """Return a font by role of tokens.toml; use setFont, as a font in QSS wins silently."""
    return QFont(_font(role, weight, mono))


def palette() -> QPalette:
    """Return the palette of the scheme in force."""
    result, role = QPalette(), QPalette.ColorRole
    for r, token in (
        (role.Window, "window"),
        (role.Base, "surface"),
        (role.AlternateBase, "window"),
        (role.Button, "raised"),
        (role.WindowText, "text"),
        (role.Text, "text"),
        (role.ButtonText, "text"),
        (role.BrightText, "on_accent"),
        (role.Highlight, "accent_fill"),
        (role.HighlightedText, "on_accent"),
        (role.Accent, "accent_fill"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.PlaceholderText, "faint"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.Light, "raised"),
        (role.Midlight, "border"),
        (role.Mid, "border"),
        (role.Dark, "border_strong"),
        (role.Shadow, "border_strong"),
    ):
        result.setColor(r, color(token))
    for r in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, r, color("disabled"))
    return result


def _control_images() -> dict[str, bytes]:
    """Fusion's radio and check marks vanish on dark surfaces: draw our own, in token colours."""
    edge, fill, mark, ground = (
        value_of(t) for t in ("border_strong", "accent_fill", "on_accent", "surface")
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">'
    ring = f'fill="{ground}" stroke="{edge}" stroke-width="1.2"'
    tick = (
        f'<path d="M4.2 8.4l2.6 2.6 5-5.4" fill="none" stroke="{mark}" stroke-width="1.8" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )
    shapes = {
        "radio_off": f'<circle cx="8" cy="8" r="7" {ring}/>',
        "radio_on": f'<circle cx="8" cy="8" r="7.6" fill="{fill}"/>'
        f'<circle cx="8" cy="8" r="3" fill="{mark}"/>',
        "check_off": f'<rect x="1" y="1" width="14" height="14" rx="3.5" {ring}/>',
        "check_on": f'<rect x=".4" y=".4" width="15.2" height="15.2" rx="4" fill="{fill}"/>{tick}',
    }
    images = {name: f"{head}{body}</svg>".encode() for name, body in shapes.items()}
    chevron = (FOLDER / "icons" / "chevron-down.svg").read_text("utf-8")
    images["chevron"] = chevron.replace("currentColor", value_of("muted")).encode()
    return images


def _style_sheet() -> str:
    """Fill the colours and the image paths into style.qss."""
    if _now.scratch is None:
        _now.scratch = QTemporaryDir()
    text = (FOLDER / "themes" / "style.qss").read_text("utf-8")
    for name, body in _control_images().items():
        path = Path(_now.scratch.path()) / f"{name}-{_now.index}.svg"
        path.write_bytes(body)
        text = text.replace("{" + name + "}", path.as_posix())
    for token in COLOURS:
        text = text.replace("{" + token + "}", value_of(token))
    return text


def system_scheme(app: QApplication) -> Scheme:
    """Return what the desktop asks for: its colour scheme, else the lightness of its palette."""
    if _now.system_dark is None:
        _now.system_dark = app.palette().color(QPalette.ColorRole.Window).lightness() < 128
    told = QGuiApplication.styleHints().colorScheme()
    if told == Qt.ColorScheme.Unknown:
        return "dark" if _now.system_dark else "light"
    return "dark" if told == Qt.ColorScheme.Dark else "light"


def apply(app: QApplication, scheme: Literal["system", "light", "dark"] = "system") -> bool:
    """Put the colours and fonts in force; return whether the scheme changed.

    Widgets that hold pictures learn it through :func:`refresh`.
    """
    told = system_scheme(app)  # before our own palette is in force, and could be taken for it
    wanted = told if scheme == "system" else scheme
    index = 1 if wanted == "dark" else 0
    first = not _now.fonts_loaded
    if first:
        for name in _FONT_FILES:
            QFontDatabase.addApplicationFontFromData((FOLDER / "fonts" / name).read_bytes())
        _now.fonts_loaded = True
    if not first and index == _now.index:
        return False
    _now.index = index
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette())
    app.setFont(font())
    return True


def dress(window: QWidget) -> None:
    """Put the style sheet on a finished window.

    On the application it would be computed again for every branch that is joined to another while a
    window is built: 250 ms instead of 50.
    """
    window.setStyleSheet(_style_sheet())


def refresh(root: QWidget) -> None:
    """Tell every widget below ``root`` that keeps pictures or colours to make them again."""
    for widget in (root, *root.findChildren(QWidget)):
        again = getattr(widget, "refresh_theme", None)
        if again is not None:
            again()
        widget.update()


def shadow(widget: QWidget) -> None:
    """Put a soft shadow under a sheet or card; never on an ancestor of a scrolling view."""
    effect = QGraphicsDropShadowEffect(widget)
    effect.setBlurRadius(48)
    effect.setOffset(0, 12)
    effect.setColor(QColor(0, 0, 0, 140 if is_dark() else 60))
    widget.setGraphicsEffect(effect)
