"""table.py [--page] FILE.json ...: the results of bench.py as tables in Markdown; with --page after the text of performance.md.in."""
import json
import os
import sys


def time_text(ns):
    return "%.1f us" % (ns / 1e3) if ns < 1e6 else "%.2f ms" % (ns / 1e6)


if "--page" in sys.argv:
    print(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "performance.md.in")).read().rstrip())
for path in [a for a in sys.argv[1:] if a != "--page"]:
    data = json.load(open(path))
    print("\n### %s, instructions: %s\n" % (data["processor"], "all" if data["isa"] == "native" else "AVX2 and FMA only"))
    print("Register-tile peaks of one core, GMAC/s: %s. LiteRT %s; %.2f us of call are subtracted from its times.\n" % (
        ", ".join("%s %s" % (k, v) for k, v in data["peaks"].items() if k != "cpu"), data["litert"], data["call_overhead_ns"] / 1e3))
    print("| model | type | threads | octet min / median | LiteRT min / median | LiteRT : octet | GMAC/s | of peak |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for r in data["rows"]:
        print("| %s | %s | %d | %s / %s | %s / %s | %.2f | %s | %s |" % (
            r["model"], r["type"].replace("_", " "), r["threads"], time_text(r["octet"]["min"]), time_text(r["octet"]["median"]),
            time_text(r["litert"]["min"]), time_text(r["litert"]["median"]), r["ratio"], "%.0f" % r["gmac"] if r["macs"] else "",
            "%.0f %%" % (100 * r["of_peak"]) if r["macs"] else ""))
