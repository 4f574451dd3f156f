"""The mutants of a C file: each is one small change that a programmer could have made by mistake.

A site is a place in the text with what may stand there instead. Left out are comments, strings, character constants, #include and the other
conditions of the preprocessor, assertions, and the words and figures of error messages.
"""
import re

TOKEN = re.compile(r'''
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<directive>(?m:^)[ \t]*\#[ \t]*(?:define[ \t]+\w+(?:\([^)]*\))?|(?!define)[^\n]*))
  | (?P<number>(?:0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?(?:[pP][+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[uUlLfF]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<operator><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\#\#|\.\.\.|[-+*/%&|^~!<>=?:;,.(){}\[\]\#\\])
''', re.X | re.S)

SWAPS = {
    '+': ['-'], '-': ['+'], '*': ['/'], '/': ['*'], '%': ['*'], '<<': ['>>'], '>>': ['<<'],
    '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'], '==': ['!='], '!=': ['=='],
    '&&': ['||'], '||': ['&&'], '&': ['|'], '|': ['&'], '^': ['&'], '++': ['--'], '--': ['++'],
    '+=': ['-='], '-=': ['+='], '*=': ['/='], '/=': ['*='], '|=': ['&='], '&=': ['|='], '<<=': ['>>='], '>>=': ['<<='],
}
NAMES = {'true': ['false'], 'false': ['true'], 'INFINITY': ['1.0f']}
LIMIT = re.compile(r'(U?INT(?:8|16|32|64)_)(MIN|MAX)$')
SILENT_CALLS = {'assert', '_Static_assert', 'static_assert'}  # nothing inside is changed
MESSAGE_CALLS = {'OCTET_CHECK', 'octet_context_fail'}  # nothing from the first string on
NO_STATEMENT = {'return', 'case', 'default', 'typedef', 'enum', 'struct', 'static', 'const', 'if', 'for', 'while', 'do', 'else', 'switch',
                'goto', 'union', 'extern', 'inline', 'volatile', 'register', 'sizeof'}


class Token:
    def __init__(self, kind, text, start):
        self.kind, self.text, self.start, self.end = kind, text, start, start + len(text)


class Site:
    """text[start:end] may become any of `choices`."""

    def __init__(self, kind, start, end, choices):
        self.kind, self.start, self.end, self.choices = kind, start, end, choices


def tokens_of(text):
    found = []
    for match in TOKEN.finditer(text):
        if match.lastgroup not in ('comment', 'directive'):
            found.append(Token(match.lastgroup, match.group(), match.start()))
    return found


def closing(tokens, i):
    """The index of the bracket that closes tokens[i]."""
    depth = 0
    for k in range(i, len(tokens)):
        depth += {'(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1}.get(tokens[k].text, 0) if tokens[k].kind == 'operator' else 0
        if depth == 0:
            return k
    return len(tokens) - 1


def silent(tokens):
    """Indices of the tokens that no mutant changes."""
    out = set()
    for i, token in enumerate(tokens[:-1]):
        if tokens[i + 1].text != '(':
            continue
        end = closing(tokens, i + 1)
        if token.text in SILENT_CALLS:
            out.update(range(i, end + 1))
        elif token.text in MESSAGE_CALLS:
            first = next((k for k in range(i, end) if tokens[k].kind == 'string'), end)
            out.update(range(first, end + 1))
    return out


def numbers(text):
    suffix = re.search(r'[uUlL]*$' if text.lower().startswith('0x') and 'p' not in text.lower() else r'[uUlLfF]*$', text).group()
    body = text[:len(text) - len(suffix)]
    if re.fullmatch(r'0[xX][0-9a-fA-F]+', body):
        return [hex(int(body, 16) + 1) + suffix, hex(int(body, 16) >> 1) + suffix]
    if re.fullmatch(r'\d+', body):
        value = int(body)
        return [f'{value + 1}{suffix}'] + ([f'{value - 1}{suffix}'] if value > 0 else [])
    if body.lower().startswith('0x'):
        return [f'(2 * {text})', f'(-{text})']
    if float(body) == 0:
        return [f'1.0{suffix}']
    digits = body.replace('.', '')
    if len(digits) >= 6 and 'e' not in digits.lower():  # a coefficient: another sixth digit
        at = [i for i, c in enumerate(body) if c.isdigit()][5]
        return [body[:at] + str((int(body[at]) + 1) % 10) + body[at + 1:] + suffix]
    return [f'(2 * {text})', f'({text} + 1)', f'(-{text})']


def is_operand(token):
    return token is not None and (token.kind in ('number', 'name', 'string') or token.text in (')', ']')) and token.text not in (
        'return', 'case', 'sizeof')


TYPE = re.compile(r'octet_\w+|\w+_t|float|double|int|char|void|bool|const|unsigned|long')


def expression_sites(text, tokens, skipped):
    own_types = set(re.findall(r'(?:typedef [^;{}]*|^})\s*(\w+);', text, re.M))
    for i, token in enumerate(tokens):
        if i in skipped:
            continue
        before = tokens[i - 1] if i > 0 else None
        if token.kind == 'number':
            yield Site('constant', token.start, token.end, numbers(token.text))
        elif token.kind == 'name':
            limit = LIMIT.match(token.text)
            if token.text in NAMES:
                yield Site('constant', token.start, token.end, NAMES[token.text])
            elif limit:
                yield Site('constant', token.start, token.end, [f'({token.text} {"+" if limit.group(2) == "MIN" else "-"} 1)'])
            elif token.text in ('if', 'while') and i + 1 < len(tokens) and tokens[i + 1].text == '(':
                end = closing(tokens, i + 1)
                yield Site('condition', tokens[i + 1].start, tokens[end].end, ['!'])
        elif token.text in ('++', '--'):
            yield Site('operator', token.start, token.end, SWAPS[token.text])
        elif token.text == '!' or (token.text == '-' and not is_operand(before)):
            yield Site('operator', token.start, token.end, [''])
        elif token.text == '*' and before is not None and (TYPE.fullmatch(before.text) or before.text in own_types):
            continue  # a pointer
        elif token.text in SWAPS and is_operand(before):
            yield Site('operator', token.start, token.end, SWAPS[token.text])


def statement_sites(text, tokens, skipped):
    """Assignments, calls, break, continue: each may become nothing."""
    depth, starts = 0, []
    conditions = set()  # indices of the ) behind if (...), for (...), while (...)
    for i, token in enumerate(tokens[:-1]):
        if token.text in ('if', 'for', 'while', 'switch') and tokens[i + 1].text == '(':
            conditions.add(closing(tokens, i + 1))
    start = None
    for i, token in enumerate(tokens):
        if token.kind == 'operator' and token.text in '()[]':
            depth += 1 if token.text in '([' else -1
        if depth == 0 and (token.text in (';', '{', '}', 'else', ':') or i in conditions):
            if token.text == ';' and start is not None:
                starts.append((start, i))
            start = i + 1
    for first, last in starts:
        words = tokens[first:last]
        if not words or words[0].kind != 'name' and words[0].text not in ('*', '++', '--', '('):
            continue
        is_declaration = len(words) > 1 and words[0].kind == 'name' and (
            words[1].kind == 'name' or (words[1].text == '*' and len(words) > 2 and words[2].kind == 'name' and words[0].text not in skipped
                                        and (len(words) == 3 or words[3].text in ('=', ',', '[', ';'))))
        if words[0].text in NO_STATEMENT and not (words[0].text == 'return' and len(words) == 1):
            continue
        if is_declaration or words[0].text in SILENT_CALLS or '\\' in text[words[0].start:tokens[last].end]:
            continue
        if len(words) == 1 and words[0].text not in ('break', 'continue', 'return'):
            continue
        yield Site('statement', words[0].start, tokens[last].end, [';'])


def sites_of(text):
    tokens = tokens_of(text)
    skipped = silent(tokens)
    return sorted([*expression_sites(text, tokens, skipped), *statement_sites(text, tokens, skipped)], key=lambda s: (s.start, s.end))


def apply(text, site, choice):
    old = text[site.start:site.end]
    new = f'(!{old})' if site.kind == 'condition' else choice
    return text[:site.start] + new + '\n' * (old.count('\n') - new.count('\n')) + text[site.end:]
