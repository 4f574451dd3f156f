"""Mutation testing: small mistakes are made in src/quant, src/kernels/ref and src/export, one at a time, and a test has to notice each.

    run.py [-n 500] [--seed 1] [--room quant|kernels|export] [--file NAME] [--build build-mutants] [--resume] [--quick] [--floor PERCENT]

A mutant is compiled into the build with AddressSanitizer and UndefinedBehaviorSanitizer, and runs the unit tests, those that killed mutants of
the same file first, and then the tests of the command, until one fails: then it is killed, also by a crash, a sanitizer's report or too much
time. A survivor whose object code at -O2 is that of the original is equivalent by proof; one that equivalent.tsv lists is equivalent for the
reason that stands there; neither counts. The tree is never changed: what is compiled instead lies in BUILD/mutants.
The report is BUILD/mutants/report.tsv. --resume: mutants that it says were killed are taken for killed. --quick: without the tests that take
more than two seconds and those of the command, so that some survive that these would kill. --floor: exit code 1 when fewer are killed.
"""
import argparse
import collections
import filecmp
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import subprocess
import sys
import time

import mutants

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = {'quant': 'src/quant/*.[ch]', 'kernels': 'src/kernels/ref/*.[ch]', 'export': 'src/export/tflite/*.[ch]'}
FIRST = {'quant': ['quant', 'api', 'target'], 'kernels': ['kernels', 'lower', 'api'], 'export': ['export', 'tflite', 'api']}
CLI_TESTS, CLI_SECONDS = ['quantize', 'run', 'inspect'], 120
SLOW = 2.0  # seconds of a test
ALONE = ['test_bits', 'test_fixed_point']  # call nothing of the library but what headers hold
# Tests of the rooms, and of those that use them.
TESTS = r'tests/unit/(kernels|quant|lower|passes|api|target|tflite|report|export|import/tflite)/'
ENVIRONMENT = {'OCTET_KERNELS': None, 'ASAN_OPTIONS': 'hard_rss_limit_mb=3000', 'LC_ALL': 'C'}
SANITIZE = ['-DOCTET_SANITIZE=address', '-DCMAKE_BUILD_TYPE=Debug', '-DCMAKE_C_FLAGS=-O1']


def call(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
                          **options)


def need(command, **options):
    done = call(command, **options)
    if done.returncode:
        sys.exit(f'{shlex.join(map(str, command))}\n{done.stdout[-4000:]}')
    return done.stdout


class Program:
    """The tests in one program, and what is known of compiling and running it."""

    def __init__(self, build):
        self.build = build
        self.work = build / 'mutants'
        (self.work / 'objects').mkdir(parents=True, exist_ok=True)
        if not (build / 'build.ninja').exists():
            compiler = shutil.which('clang') or 'cc'
            need(['cmake', '-S', ROOT, '-B', build, '-G', 'Ninja', f'-DCMAKE_C_COMPILER={compiler}', *SANITIZE])
        call(['ninja', '-C', build, 'build.ninja'])
        self.commands = {}
        for entry in json.loads((build / 'compile_commands.json').read_text()):
            words = shlex.split(entry['command'])
            words = words[1:] if 'ccache' in words[0] else words
            self.commands.setdefault(str(pathlib.Path(entry['file']).relative_to(ROOT)), words)
        self.objects = {source: words[words.index('-o') + 1] for source, words in self.commands.items()}
        self.tests = {source: source.split('/')[2] for source in self.commands if re.match(TESTS, source) and not re.search(
            r'#include (<hdf5\.h>|"support/keras_(files|import)\.h")', (ROOT / source).read_text())}
        need(['ninja', '-C', build, 'octet', 'octet-hdf5', 'test_rules', *(self.objects[test] for test in self.tests)])
        self.read_dependencies()
        self.build_tests()

    def read_dependencies(self):
        """users[path]: the sources of the library and of the tests that are compiled anew when the file changes."""
        self.users = collections.defaultdict(set)
        sources = {target: source for source, target in self.objects.items() if source.startswith('src/') or source in self.tests}
        current = None
        for line in need(['ninja', '-C', self.build, '-t', 'deps']).splitlines():
            if not line.startswith(' '):
                current = sources.get(line.split(':')[0])
            elif current:
                path = os.path.relpath(line.strip() if line.strip().startswith('/') else self.build / line.strip(), ROOT)
                self.users[path].add(current)

    def command(self, source, target, text=None, extra=()):
        words = list(self.commands[source])
        words[words.index('-o') + 1] = str(target)
        words[-1] = str(text or ROOT / source)
        return [words[0], f'-I{self.work}/src', *words[1:], *extra, '-g0', '-w']

    def build_tests(self):
        """All in one program; without those that write HDF5 files, which are about import."""
        names = []
        for source in sorted(self.tests):
            name = pathlib.Path(source).stem
            target, made = self.work / 'objects' / f'{name}.o', self.build / self.objects[source]
            if not target.exists() or target.stat().st_mtime < made.stat().st_mtime:
                need(['objcopy', '--redefine-sym', f'main={name}_main', made, target])
            names.append(name)
        self.tests = {pathlib.Path(source).stem: room for source, room in self.tests.items()}
        main = self.work / 'main.c'
        main.write_text('#include <string.h>\n' + ''.join(f'int {n}_main();\n' for n in names) +
                        'int main(int argc, char **argv) {\n    if (argc < 2) return 99;\n' +
                        ''.join(f'    if (strcmp(argv[1], "{n}") == 0) return {n}_main(1, argv);\n' for n in names) + '    return 99;\n}\n')
        need([self.commands['src/base/context.c'][0], '-w', '-c', main, '-o', self.work / 'objects' / 'main.o'])
        link = shlex.split(need(['ninja', '-C', self.build, '-t', 'commands', 'test_rules']).splitlines()[-1])
        link = link[link.index('&&') + 1:] if '&&' in link else link
        link = link[:link.index('&&')] if '&&' in link else link
        self.link = [link[0], *(['-fuse-ld=gold'] if shutil.which('ld.gold') else []), '-Wl,--strip-debug', *(w for w in link[1:] if w != '-g')]
        self.library = sorted(source for source in self.commands if source.startswith('src/'))
        self.link_program(self.work / 'tests', {})
        shutil.copy2(self.build / 'octet-hdf5', self.work / 'octet-hdf5')

    def link_program(self, target, changed):
        objects = [changed.get(source, self.build / self.objects[source]) for source in self.library]
        listed = self.work / f'{target.name}.list'
        tests = [changed.get(name, self.work / 'objects' / f'{name}.o') for name in ['main', *self.tests]]
        listed.write_text('\n'.join(map(str, [*objects, *tests])))
        words, skip = [], False
        for word in self.link:
            if skip or word.endswith('.o') or word == 'liboctet.a':
                skip = False
            elif word == '-o':
                words += ['-o', str(target), f'@{listed}']
                skip = True
            else:
                words.append(word)
        return need(words, cwd=self.build) if not changed else call(words, cwd=self.build)

    def link_command(self, target, changed):
        """The command octet, for the tests of the command."""
        cli = [self.build / self.objects[source] for source in self.commands if source.startswith('cli/')]
        objects = [changed.get(source, self.build / self.objects[source]) for source in self.library]
        listed = self.work / 'octet.list'
        listed.write_text('\n'.join(map(str, [*objects, *cli])))
        words = [w for w in self.link if not w.endswith('.o') and w != 'liboctet.a']
        words[words.index('-o') + 1] = str(target)
        return call([*words[:words.index('-o')], f'@{listed}', *words[words.index('-o'):]], cwd=self.build)

    def run(self, command, cpu_seconds, **more):
        environment = {k: v for k, v in {**os.environ, **ENVIRONMENT, **more}.items() if v is not None}

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
                                  env=environment, preexec_fn=limit, timeout=60 + 20 * cpu_seconds).returncode
        except subprocess.TimeoutExpired:
            return -1

    def baseline(self):
        """CPU seconds of every test; without a mutant all must pass."""
        self.seconds = {}
        for name in self.tests:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            if self.run([self.work / 'tests', name], 600) != 0:
                sys.exit(f'{name} fails without any mutant: {self.work}/tests {name}')
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.seconds[name] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Mutation:
    def __init__(self, room, path, text, site, choice):
        self.room, self.path, self.kind = room, path, site.kind
        self.text = mutants.apply(text, site, choice)
        self.line = text.count('\n', 0, site.start) + 1
        n = text.count('\n', site.start, site.end) + 1
        old, new = text.split('\n'), self.text.split('\n')
        self.before = ' '.join(w.strip() for w in old[self.line - 1:self.line - 1 + n])
        self.after = ' '.join(w.strip() for w in new[self.line - 1:self.line - 1 + n] if w.strip())


class Trial:
    def __init__(self, program, known, quick):
        self.program, self.known, self.quick = program, known, quick
        self.killers = collections.defaultdict(collections.Counter)

    def order(self, mutation):
        kills, first = self.killers[mutation.path], FIRST[mutation.room]
        tests = self.program.tests

        def rank(name):
            room = -1 if 'golden' in name else first.index(tests[name]) if tests[name] in first else len(first)
            slow = self.program.seconds[name] > SLOW
            return (slow, -kills[name], room, self.program.seconds[name])
        wanted = [name for name in tests if not self.quick or self.program.seconds[name] <= SLOW]
        return sorted(wanted, key=rank)

    def compile(self, mutation, sources, folder, text, extra=(), drop=()):
        changed = {}
        folder.mkdir(exist_ok=True)
        for source in sources:
            changed[source] = folder / (source.replace('/', '_') + '.o')
            command = self.program.command(source, changed[source], text if source == mutation.path else None, extra)
            if call([w for w in command if not w.startswith(drop)] if drop else command, cwd=self.program.build).returncode:
                return None
        return changed

    def compile_tests(self, mutation, changed, only=None):
        """Tests that include a mutated header themselves."""
        for source in self.program.users[mutation.path] if mutation.path.endswith('.h') else ():
            name = pathlib.Path(source).stem
            if source.startswith('src/') or name not in (only or self.program.tests) or name in changed:
                continue
            made = self.compile(mutation, [source], self.program.work / 'changed', None, ['-O0'])
            if made is None:
                return False
            changed[name] = made[source]
            need(['objcopy', '--redefine-sym', f'main={name}_main', made[source]])
        return True

    def killed_alone(self, mutation):
        """By a test that needs nothing else compiled anew, or None."""
        changed = {}
        if not self.compile_tests(mutation, changed, ALONE) or not changed or self.program.link_program(
                self.program.work / 'mutant', changed).returncode:
            return None
        return next((name for name in changed if self.fails(name)), None)

    def fails(self, name):
        p = self.program
        return p.run([p.work / 'mutant', name], int(5 * p.seconds[name]) + 5) != 0

    def same_code(self, mutation, sources, text):
        plain = ('-fsanitize', '-fno-sanitize', '-O', '-fno-omit')
        ours = self.compile(mutation, sources, self.program.work / 'same-mutant', text, ['-O2'], plain)
        overlay = self.program.work / 'src'
        overlay.rename(self.program.work / 'aside')
        theirs = self.compile(mutation, sources, self.program.work / 'same', None, ['-O2'], plain)
        (self.program.work / 'aside').rename(overlay)
        return ours is not None and all(filecmp.cmp(ours[s], theirs[s], shallow=False) for s in sources)

    def test(self, mutation):
        """The verdict, and by what."""
        p = self.program
        shutil.rmtree(p.work / 'src', ignore_errors=True)
        text = p.work / mutation.path
        text.parent.mkdir(parents=True)
        text.write_text(mutation.text)
        is_header = mutation.path.endswith('.h')
        sources = sorted(p.users[mutation.path] & set(p.library)) if is_header else [mutation.path]
        alone = self.killed_alone(mutation) if is_header else None
        if alone is not None:
            return 'killed', alone
        changed = self.compile(mutation, sources, p.work / 'changed', text, ['-O0'])
        if changed is None or not self.compile_tests(mutation, changed):
            return 'invalid', ''
        if p.link_program(p.work / 'mutant', changed).returncode:
            return 'invalid', ''
        for name in self.order(mutation):
            if self.fails(name):
                self.killers[mutation.path][name] += 1
                return 'killed', name
        if (mutation.path, mutation.before, mutation.after) in self.known:
            return 'known', self.known[mutation.path, mutation.before, mutation.after]
        if self.same_code(mutation, sources, text):
            return 'equivalent', 'same object code at -O2'
        if self.quick:
            return 'survived', ''
        if p.link_command(p.work / 'octet', changed).returncode:
            return 'invalid', ''
        for name in CLI_TESTS:
            command = [ROOT / 'tests/cli/run', p.work / 'octet', ROOT / f'tests/cli/{name}.test']
            if p.run(command, CLI_SECONDS, OCTET_KERNELS='ref') != 0:
                return 'killed', f'cli_{name}'
        return 'survived', ''


def all_sites(room, name):
    for r, pattern in ROOMS.items():
        for path in sorted(ROOT.glob(pattern)):
            relative = str(path.relative_to(ROOT))
            if (room in (None, r)) and (name is None or name in relative):
                text = path.read_text()
                for site in mutants.sites_of(text):
                    yield r, relative, text, site


def drawn(arguments):
    """In an order that a change elsewhere in the sources does not disturb."""
    def key(room, path, text, site, choice):
        line = text[text.rfind('\n', 0, site.start) + 1:text.find('\n', site.end)]
        words = f'{arguments.seed} {path} {line} {site.start - text.rfind(chr(10), 0, site.start)} {choice}'
        return hashlib.sha256(words.encode()).digest()
    candidates = [(room, path, text, site, choice) for room, path, text, site in all_sites(arguments.room, arguments.file)
                  for choice in site.choices]
    seen = set()
    for room, path, text, site, choice in sorted(candidates, key=lambda c: key(*c)):
        if (path, site.start) not in seen:  # one mutant for each place
            seen.add((path, site.start))
            yield Mutation(room, path, text, site, choice)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('-n', type=int, default=500)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--room', choices=sorted(ROOMS))
    parser.add_argument('--file')
    parser.add_argument('--build', type=pathlib.Path, default=ROOT / 'build-mutants')
    parser.add_argument('--resume', action='store_true')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--floor', type=float, default=0)
    arguments = parser.parse_args()
    program = Program(arguments.build.resolve())
    program.baseline()
    listed = (pathlib.Path(__file__).parent / 'equivalent.tsv').read_text().splitlines()
    known = {tuple(row[:3]): row[3] for row in (line.split('\t') for line in listed) if len(row) == 4}
    trial = Trial(program, known, arguments.quick)
    report = program.work / 'report.tsv'
    rows = [line.split('\t') for line in report.read_text().splitlines()] if arguments.resume and report.exists() else []
    earlier = {(row[2].rsplit(':', 1)[0], row[4], row[5]): row[6] for row in rows if row[0] == 'killed'}
    counts = collections.defaultdict(collections.Counter)
    with report.open('w') as out:
        for mutation in drawn(arguments):
            start = time.monotonic()
            before = earlier.get((mutation.path, mutation.before, mutation.after))
            verdict, by = ('killed', before) if before else trial.test(mutation)
            counts[mutation.room][verdict] += 1
            if verdict != 'invalid':
                print(verdict, f'{time.monotonic() - start:.1f}', f'{mutation.path}:{mutation.line}', mutation.kind, mutation.before,
                      mutation.after, by, sep='\t', file=out, flush=True)
            if verdict == 'survived':
                print(f'survived  {mutation.path}:{mutation.line}\n    - {mutation.before}\n    + {mutation.after}', flush=True)
            if sum(c['killed'] + c['survived'] for c in counts.values()) >= arguments.n:
                break
    total = sum(counts.values(), collections.Counter())
    print(f'{"room":10}{"mutants":>9}{"killed":>9}{"percent":>9}{"survived":>10}{"equivalent":>12}{"by reason":>11}')
    for room, c in [*sorted(counts.items()), ('all', total)]:
        n = c['killed'] + c['survived']
        print(f'{room:10}{n:9}{c["killed"]:9}{100 * c["killed"] / max(n, 1):9.1f}{c["survived"]:10}{c["equivalent"]:12}{c["known"]:11}')
    return total['killed'] < arguments.floor / 100 * (total['killed'] + total['survived'])


if __name__ == '__main__':
    sys.exit(main())
