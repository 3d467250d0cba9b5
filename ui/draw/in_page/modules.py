"""The modules that read in the page; light, for their route is there before the app is loaded."""

from pathlib import Path

from ui.shared.javascript_modules import JavaScriptModules

in_page_modules = JavaScriptModules("in_page", Path(__file__).parent)
