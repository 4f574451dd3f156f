"""The results of bench.py as tables in Markdown.

    table.py [--page PAGE.md] FILE.json ...

With --page the tables replace what stands below the heading "Tables" of PAGE.md, in place.
"""
import argparse
import contextlib
import io
import json

import goals

INSTRUCTIONS = {"native": "all", "avx512vnni": "AVX-512 and VNNI, no AMX", "avx2": "AVX2 and FMA only"}


def time_text(t):
    unit, divisor, digits = ("us", 1e3, 1) if t["median"] < 1e6 else ("ms", 1e6, 2)
    return "%.*f / %.*f %s" % (digits, t["min"] / divisor, digits, t["median"] / divisor, unit)


def ratio_text(ratio):
    return "%.2f / %.2f" % (ratio["min"], ratio["median"])


def named(r):
    return r["model"], r["type"].replace("_", " ")


def kib(n):
    return "{:,.0f}".format(n / 1024)


def table(title, header, align, rows):
    """Nothing when there are no rows. align: l or r for every column."""
    rows = list(rows)
    if not rows:
        return
    print("\n#### %s\n" % title)
    print("| %s |" % " | ".join(header))
    print("| %s |" % " | ".join({"l": "---", "r": "---:"}[a] for a in align))
    for row in rows:
        print("| %s |" % " | ".join(str(cell) for cell in row))


def speed(result):
    for r in result["rows"]:
        t = r["times"]
        yield (*named(r), r["threads"], time_text(t["octet"]), time_text(t["litert"]), ratio_text(r["ratios"]["litert"]),
               "%.0f" % r["gmac_per_s"]["octet"] if r["macs"] else "", "%.0f %%" % (100 * r["of_peak"]) if r["of_peak"] else "")


def onnx_runtime(result):
    for r in result["rows"]:
        if "onnxruntime" in r["times"]:
            wrong = r["onnxruntime_saturates"]
            yield (*named(r), time_text(r["times"]["octet"]), time_text(r["times"]["onnxruntime"]),
                   ratio_text(r["ratios"]["onnxruntime"]), "{:,} of {:,}".format(wrong["differ"], wrong["values"]), wrong["by"],
                   time_text(r["times"]["onnxruntime_exact"]), ratio_text(r["ratios"]["onnxruntime_exact"]))


def memory(result):
    for r in result["memory"]:
        yield (*named(r), *(kib(r[subject][what]) for what in ("peak", "arena") for subject in ("octet", "litert")))


def whole_job(result):
    for r in result["tutorial"]:
        yield (r["model"], "%(min).2f / %(median).2f s" % r["tensorflow_seconds"], "%(min).3f / %(median).3f s" % r["seconds"],
               "%(min).1f / %(median).1f" % r["ratios"])


HEADING = "\n## Tables\n"


def print_results(path):
    with open(path) as f:
        result = json.load(f)
    print("\n### %s, instructions: %s\n" % (result["processor"], INSTRUCTIONS[result["isa"]]))
    print("Measured on %(date)s on %(cores)d cores." % result)
    peaks = ", ".join("%s %s" % item for item in result["peaks"].items() if item[0] != "cpu")
    print("Peak of one core on tiles in registers, GMAC/s: %s." % peaks)
    print("LiteRT %s; %.2f us per call are subtracted from its times. ONNX Runtime %s." % (
        result["litert"], result["call_overhead_ns"] / 1e3, result["onnxruntime"]))
    table("Goals, set for AVX2 and one thread unless said; `reached` says which goal the ratio of the minima meets",
          ["what", "against", "must", "aim", "minima", "medians", "reached"], "llrrrrl", goals.summary(result))
    table("Every model; each pair is minimum / median", ["model", "type", "threads", "octet", "LiteRT", "ratio", "GMAC/s", "of peak"],
          "llrrrrrr", speed(result))
    table("ONNX Runtime, one thread; each pair is minimum / median",
          ["model", "type", "octet", "ONNX Runtime", "ratio", "outputs that saturation changed", "by up to", "exact session", "ratio"],
          "llrrrrrrr", onnx_runtime(result))
    table("Memory, KiB", ["model", "type", "octet, peak", "LiteRT, peak", "octet, arena", "LiteRT, arena"], "llrrrr", memory(result))
    where = "in the same run" if all(r["tensorflow_is_measured"] for r in result["tutorial"]) else "on an AMD EPYC (Zen 3)"
    table("The tutorial's whole job, TensorFlow measured %s; each pair is minimum / median" % where,
          ["model", "TensorFlow", "octet", "ratio"], "lrrr", whole_job(result))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("results", nargs="+")
    parser.add_argument("--page")
    a = parser.parse_args()
    if not a.page:
        for path in a.results:
            print_results(path)
        return
    tables = io.StringIO()
    with contextlib.redirect_stdout(tables):
        for path in a.results:
            print_results(path)
    with open(a.page) as f:
        text, found, _ = f.read().partition(HEADING)
    if not found:
        parser.error("%s has no heading \"Tables\"" % a.page)
    with open(a.page, "w") as f:
        f.write(text + HEADING + tables.getvalue())


if __name__ == "__main__":
    main()
