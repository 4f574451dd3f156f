#!/usr/bin/env python3
"""test_devices.py OCTET: the checks of devices.py fail when they must."""
import os
import re
import sys
import tempfile
import unittest
from unittest import mock

import devices
import processors

OCTET = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""


def document(folder, change):
    """A copy of docs/device.md whose counts of fc are multiplied by `change`."""
    with open(devices.DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    counts = lambda match: match[1] + f"{int(int(match[2].replace(',', '')) * change):,}"
    path = os.path.join(folder, "device.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"^(\| fc \| -O\w \| )([\d,]+)", counts, text, flags=re.M))
    return path


class Checks(unittest.TestCase):
    def run_fc(self, change, more=()):
        with tempfile.TemporaryDirectory() as folder, mock.patch("builtins.print") as told:
            arguments = [OCTET, "--nets", "fc", "--only", "Cortex-M4", "--shared", folder, *more]
            result = devices.main(arguments, document(folder, change))
            return result, [call.args[0] for call in told.call_args_list if call.args[0].startswith("FAIL")]

    def test_counts_of_the_table_pass(self):
        self.assertEqual(self.run_fc(1.0), (False, []))

    def test_a_count_that_rose_by_more_than_two_percent_fails(self):
        result, failed = self.run_fc(1 / 1.025)
        self.assertTrue(result)
        self.assertEqual(len(failed), 2)
        for line in failed:
            self.assertRegex(line, r"^FAIL fc -O[s2]: [\d,]+ instructions, [\d,]+ in docs/device.md$")

    def test_a_count_that_rose_by_less_passes(self):
        self.assertEqual(self.run_fc(1 / 1.015), (False, []))

    def test_a_wrong_byte_fails(self):
        export = devices.Net.export

        def export_with_a_wrong_byte(net, *arguments):
            export(net, *arguments)
            path = f"{net.folder}/c/net_selftest.c"
            with open(path, encoding="utf-8") as file:
                text = file.read()
            at = text.index("output_vectors[")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text[:at] + re.sub(r"-128,", "-127,", text[at:], count=1))

        with mock.patch.object(devices.Net, "export", export_with_a_wrong_byte):
            result, failed = self.run_fc(1.0)
        self.assertTrue(result)
        self.assertEqual(len(failed), 2)
        self.assertIn("differ 1", failed[0])

    def test_bounds(self):
        with mock.patch("builtins.print"):
            for judge, good, bad in ((lambda r, n: r.judge_code("net", 1000, n), (850, 1150), (849, 1151)),
                                     (lambda r, n: r.judge_estimate("net", 1000, n), (850, 1150), (849, 1151)),
                                     (lambda r, n: r.judge_stack("net", n, 640), (0, 640), (641,)),
                                     (lambda r, n: r.judge_count("net", "-O2", n), (1, 1020), (1021,))):
                for numbers, n_failed in ((good, 0), (bad, 1)):
                    for number in numbers:
                        report = devices.Report({("net", "-O2"): 1000})
                        judge(report, number)
                        self.assertEqual(report.n_failed, n_failed, number)

    def test_a_net_without_a_row_fails(self):
        report = devices.Report({})
        with mock.patch("builtins.print"):
            report.judge_count("net", "-O2", 1)
        self.assertEqual(report.n_failed, 1)

    def test_a_warning_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "net.c")
            with open(source, "w", encoding="utf-8") as file:
                file.write("int f(void);\nint f(void) { int unused; return 0; }\n")
            for processor in processors.PROCESSORS:
                for compiler in (processor.gcc, processor.clang):
                    with self.assertRaises(RuntimeError):
                        processors.compile_strictly(compiler, [source], folder)


if __name__ == "__main__":
    unittest.main()
