"""Pages of --report in headless Chromium: no console errors, no request, no overflow at 360 and 1280 pixels, contrast of 4.5 to 1 and
more in light and dark, headings in order, every <details> reached with the keyboard, the same content without JavaScript.

usage: run.py OCTET [FOLDER]   FOLDER keeps the pages and a screenshot of each width and theme
Exit 77 with a message where there is no Chromium."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MNIST = Path(__file__).resolve().parents[2] / "examples/mnist"
LEAST_CONTRAST = 4.5
WIDTHS = 360, 768, 1280

# Contrast by WCAG 2 of every text with what lies behind it; images and charts apart. Returns the texts that have too little.
CONTRAST = """least => {
  const parse = text => { const n = text.match(/[\\d.]+/g).map(Number);
                          return text.startsWith('color(') ? [255 * n[0], 255 * n[1], 255 * n[2], n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1] };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => { const [r, g, b] = c.map(x => { x /= 255; return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4 });
                       return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const behind = e => { let layers = []; for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
                        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]) };
  const poor = []; let n = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest('script,svg') || !e.checkVisibility()) continue;
    const back = behind(e), text = over(parse(getComputedStyle(e).color), back), a = light(text), b = light(back);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    n++;
    if (contrast < least) poor.push(`${node.data.trim().slice(0, 40)}: ${contrast.toFixed(2)}`);
  }
  return [n, poor];
}"""

STRUCTURE = """() => {
  const wrong = [], ids = new Set();
  let level = 0;
  for (const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
    const own = Number(h.tagName[1]);
    if (own > level + 1) wrong.push(`${h.tagName} ${h.textContent} follows h${level}`);
    level = own;
  }
  if (document.querySelectorAll('h1').length !== 1) wrong.push('h1 is not there once');
  for (const e of document.querySelectorAll('[id]')) ids.has(e.id) ? wrong.push(`id ${e.id} twice`) : ids.add(e.id);
  for (const a of document.querySelectorAll('a')) if (!ids.has(a.getAttribute('href').slice(1))) wrong.push(`dead link ${a.textContent}`);
  for (const i of document.querySelectorAll('img')) if (!i.alt || !i.naturalWidth) wrong.push('a picture without alt, or none');
  for (const t of document.querySelectorAll('table')) if (!t.querySelector('th[scope=col]')) wrong.push('a table without headings');
  for (const s of document.querySelectorAll('svg'))
    if (!s.getAttribute('aria-label') && s.getAttribute('aria-hidden') !== 'true') wrong.push('a chart without a name');
  for (const s of document.querySelectorAll('svg[aria-hidden]'))
    if (!s.parentElement.querySelector('figcaption')) wrong.push('a hidden chart without a caption');
  return wrong;
}"""


def make_pages(octet, folder):
    """The pages of each command, of models with and without labels, pictures and curves."""

    def run(*words):
        subprocess.run([octet, *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    cnn, curves = MNIST / "mnist_cnn_k2.h5", folder / "rows.npy"
    write_rows(curves)
    run("quantize", cnn, "--data", MNIST, "-o", "cnn.tflite", "--report", "quantize.html", "--report-times")
    run("compare", cnn, "cnn.tflite", "--data", MNIST, "--limit", 200, "--report", "compare.html")
    run("evaluate", "cnn.tflite", "--data", MNIST, "--report", "evaluate.html")
    run("quantize", MNIST / "mnist_fc_k2.h5", "--data", curves, "--test", curves, "-o", "fc.tflite", "--report", "curves.html")
    return sorted(folder.glob("*.html"))


def write_rows(path):
    """40 rows of 784 floats as .npy: a wave each."""
    import math
    import struct

    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (40, 784), }"
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    values = [0.5 + 0.5 * math.sin(0.01 * (1 + s) * i) for s in range(40) for i in range(784)]
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack(f"<{len(values)}f", *values))


class Checker:
    def __init__(self):
        self.n, self.failures = 0, []

    def __call__(self, condition, text):
        self.n += 1
        if not condition:
            self.failures.append(text)
            print(f"FAIL  {text}")


def open_page(browser, path, check, **options):
    page = browser.new_context(**options).new_page()
    page.on("console", lambda message: check(False, f"{path.name}: console: {message.text}"))
    page.on("pageerror", lambda error: check(False, f"{path.name}: error: {error}"))
    page.on("request", lambda request: check(request.url.startswith(("file:", "data:")), f"{path.name}: asks for {request.url}"))
    page.goto(path.as_uri())
    return page


def check_layout(browser, path, check, folder):
    for width in WIDTHS:
        for scheme in "light", "dark":
            page = open_page(browser, path, check, viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.evaluate("document.querySelectorAll('details').forEach((d, i) => { d.open = i < 2 })")
            name = f"{path.name}, {width} pixels, {scheme}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            check(wide <= width, f"{name}: {wide} pixels wide")
            n, poor = page.evaluate(CONTRAST, LEAST_CONTRAST)
            check(n > 20 and not poor, f"{name}: contrast below {LEAST_CONTRAST} to 1 of {len(poor)} texts of {n}: {poor[:5]}")
            check(not (wrong := page.evaluate(STRUCTURE)), f"{name}: {wrong[:5]}")
            if folder is not None:
                page.screenshot(path=folder / f"{path.stem}-{width}-{scheme}.png", full_page=True)
            page.context.close()
    page = open_page(browser, path, check)
    page.emulate_media(media="print", color_scheme="dark")
    check(page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", f"{path.name}: print is not on white")
    page.context.close()


def check_without_script(browser, path, check):
    """All text is there, and all <details> open, without JavaScript."""
    page = open_page(browser, path, check, java_script_enabled=False)
    plain = open_page(browser, path, check)
    for selector in "h1", "h2", "summary", "dd", "td", "figcaption":
        check(page.locator(selector).all_text_contents() == plain.locator(selector).all_text_contents(),
              f"{path.name}: {selector} differs without JavaScript")
    for i in range(page.locator("details").count()):
        details = page.locator("details").nth(i)
        details.locator("summary").click()
        check(details.get_attribute("open") is not None, f"{path.name}: details {i} stays closed without JavaScript")
    check(not page.locator("button:visible").count(), f"{path.name}: a button that does nothing without JavaScript is shown")
    page.context.close()
    plain.context.close()


def check_keyboard(browser, path, check):
    """Tab reaches every <summary>, button and scrolling table; Enter opens; the button sorts."""
    page = open_page(browser, path, check, viewport={"width": 360, "height": 900})
    wanted = page.locator("summary:visible, button:visible, a:visible, .scroll:visible").count()
    reached, opened = set(), 0
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        focus = page.evaluate("""() => { const e = document.activeElement, all = [...document.querySelectorAll('*')];
                                         return [all.indexOf(e), e.tagName, getComputedStyle(e).outlineStyle] }""")
        if focus[1] == "BODY" or focus[0] in reached:
            break
        reached.add(focus[0])
        check(focus[2] != "none", f"{path.name}: the focus of {focus[1]} cannot be seen")
        if focus[1] == "SUMMARY":
            page.keyboard.press("Enter")
            opened += page.evaluate("document.activeElement.parentElement.open")
    check(len(reached) >= wanted, f"{path.name}: the keyboard reaches {len(reached)} of {wanted}")
    check(opened == page.locator("details").count(), f"{path.name}: the keyboard opens {opened} details of {page.locator('details').count()}")
    if page.locator("button").count():
        page.locator("button[data-by=place]").press("Enter")
        places = page.eval_on_selector_all("details", "all => all.map(d => Number(d.dataset.place))")
        check(places == sorted(places), f"{path.name}: the order of the network is {places}")
        page.locator("button[data-by=rank]").press("Enter")
        ranks = page.eval_on_selector_all("details", "all => all.map(d => Number(d.dataset.rank))")
        check(ranks == sorted(ranks), f"{path.name}: worst first is {ranks}")
    page.context.close()


def main():
    octet, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if chromium is None or sync_playwright is None:
        print("skipped: pages in Chromium: chromium or the Python package playwright is not installed (make report)")
        return 77
    check = Checker()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        pages = make_pages(octet, Path(temporary))
        for path in pages:
            check_layout(browser, path, check, folder)
            check_without_script(browser, path, check)
            check_keyboard(browser, path, check)
        browser.close()
    print(f"{len(pages)} pages, {check.n} checks, {len(check.failures)} failed")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
