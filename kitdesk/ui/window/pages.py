"""The views and pages of the window, made at their first showing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from kitdesk.session.state.project import View

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStackedWidget, QWidget

    from kitdesk.ui.about.view import AboutView
    from kitdesk.ui.host import WindowHost
    from kitdesk.ui.kitfile.view import KitfileView
    from kitdesk.ui.start.page import StartPage
    from kitdesk.ui.store.page import StorePage


class Pages:
    """Follows ``workspace.view``."""

    def __init__(
        self,
        window_host: WindowHost,
        views: QStackedWidget,
        pages: QStackedWidget,
        compare: QWidget,
        project: QWidget,
        first: QWidget,
    ) -> None:
        self._window_host = window_host
        self._views, self._pages = views, pages
        self._compare, self._project, self._first = compare, project, first
        self._about: AboutView | None = None
        self._kitfile: KitfileView | None = None
        self._start: StartPage | None = None
        self._store: StorePage | None = None

    def follow(self) -> None:
        """Show what the workspace says."""
        state = self._window_host.workspace.state
        if state.view is View.STORE:
            self._turn_to(self.store, self.store.tree)
        elif state.view is View.START or state.folder is None:
            self._turn_to(self.start, self.start.first)
        else:
            if state.view is View.ABOUT:
                self._views.setCurrentWidget(self.about)
            elif state.view is View.KITFILE:
                self._views.setCurrentWidget(self.kitfile)
            else:
                self._views.setCurrentWidget(self._compare)
            self._turn_to(self._project, self._first)

    def _turn_to(self, page: QWidget, first: QWidget) -> None:
        """Show a page; the focus goes with it, as what had it is out of sight."""
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def about(self) -> AboutView:
        """The About view."""
        if self._about is None:
            from kitdesk.ui.about.view import AboutView

            self._about = AboutView(self._window_host)
            self._views.addWidget(self._about)
        return self._about

    @property
    def kitfile(self) -> KitfileView:
        """The Kitfile view."""
        if self._kitfile is None:
            from kitdesk.ui.kitfile.view import KitfileView

            self._kitfile = KitfileView(self._window_host)
            self._views.addWidget(self._kitfile)
        return self._kitfile

    @property
    def start(self) -> StartPage:
        """The start page."""
        if self._start is None:
            from kitdesk.ui.start.page import StartPage

            self._start = StartPage(self._window_host)
            self._pages.addWidget(self._start)
        return self._start

    @property
    def store(self) -> StorePage:
        """The page On this machine."""
        if self._store is None:
            from kitdesk.ui.store.page import StorePage

            self._store = StorePage(self._window_host)
            self._pages.addWidget(self._store)
        return self._store

    def focus_search(self) -> None:
        """Put the focus into the search field of the page, if it has one."""
        if self._store is not None and self._window_host.workspace.state.view is View.STORE:
            self._store.search.setFocus()

    def step_problem(self, *, forward: bool) -> None:
        """Go to the next problem of the Kitfile."""
        self.kitfile.step_problem(forward=forward)
