"""What the library says of something: text for people, JSON for programs, HTML for notebooks."""

import html
import json
from typing import Any, Callable, Dict, List, Optional, Sequence

from . import _structs as s
from ._errors import UsageError
from ._optional import package

_TABLES = ("layers", "operators", "stages", "steps")


class Rendering(str):
    """A text that prints as itself, with the same facts as `data` and as HTML in a notebook.

    data: what the command prints as --json, as dictionaries and lists.
    """

    data: Any
    page: Optional[str]

    def __new__(cls, text: str, data: Any = None, page: Optional[str] = None) -> "Rendering":
        made = super().__new__(cls, text)
        made.data = data
        made.page = page
        return made

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return str.__str__(self)

    def _repr_html_(self) -> str:
        return frame_html(self.page) if self.page is not None else text_html(self)

    def to_frame(self, table: Optional[str] = None) -> Any:
        """A table of `data` as a pandas.DataFrame: that of this name, or the first of layers, operators, stages, steps.

        Raises MissingPackageError without pandas, UsageError where there is no such table.
        """
        names = _TABLES if table is None else (table,)
        rows = next((self.data[name] for name in names if isinstance(self.data, dict) and self.data.get(name)), None)
        if not isinstance(rows, list):
            raise UsageError(f"there is no table {' or '.join(names)} here: `data` has what there is")
        return frame_of(rows)


def render(ask: Callable[[int], str], page: bool = False) -> Rendering:
    """ask(octet_rendering) gives the text."""
    return Rendering(ask(s.AS_TEXT), json.loads(ask(s.AS_JSON)), ask(s.AS_HTML) if page else None)


def text_html(text: str) -> str:
    """A text in a fixed pitch."""
    return f'<pre style="font-family: monospace; line-height: 1.25; overflow-x: auto">{html.escape(text)}</pre>'


def frame_html(page: str, height: int = 640) -> str:
    """A whole page inside of another one."""
    return (
        f'<iframe srcdoc="{html.escape(page)}" sandbox="allow-scripts" width="100%" height="{height}" '
        'style="border: 1px solid #ccc"></iframe>'
    )


def _cell(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        text = {True: "yes", False: "no", None: ""}[value]
    elif isinstance(value, float):
        text = f"{value:.4g}"
    else:
        text = str(value)
    align = "right" if isinstance(value, (int, float)) and not isinstance(value, bool) else "left"
    return f'<td style="text-align: {align}">{html.escape(text)}</td>'


def table_html(rows: Sequence[Dict[str, Any]], columns: Optional[List[str]] = None, caption: str = "") -> str:
    """A table with a row for each dictionary."""
    names = columns if columns is not None else (list(rows[0]) if rows else [])
    head = "".join(f'<th style="text-align: left">{html.escape(name)}</th>' for name in names)
    body = "".join("<tr>" + "".join(_cell(row.get(name)) for name in names) + "</tr>" for row in rows)
    title = f'<caption style="text-align: left">{html.escape(caption)}</caption>' if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def frame_of(rows: Sequence[Any], columns: Optional[List[str]] = None) -> Any:
    """The rows as a pandas.DataFrame."""
    return package("pandas", "to_frame()").DataFrame(list(rows), columns=columns)


def axes_for(axes: Any, width: float, height: float) -> Any:
    """The matplotlib axes to draw on: those that are given, or new ones."""
    pyplot = package("matplotlib.pyplot", "plot()")
    return axes if axes is not None else pyplot.subplots(figsize=(width, height))[1]
