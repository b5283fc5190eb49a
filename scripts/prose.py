#!/usr/bin/env python3
"""Count in the prose of the tree: sentences over 30 words, passive clauses that name
their agent ("is read by"), and words that docs/glossary.md replaces.

    scripts/prose.py [-C ROOT] [--list] [--check] [--kind KIND] [FILE...]

It reads pages (Markdown and mdoc), messages and help texts (the strings of cmd/ and
lib/ that hold a sentence), comments (C, shell, Python) and the titles of tests. It
prints a table, a row for each kind. With --list it names each place. With --check
it exits 1 when a sentence is too long or a replaced word is used; those are listed.
FILEs restrict it to these. Code, quotations in backquotes and literal blocks are not
prose; the tables of the glossary are not looked at.
"""
import argparse
import inspect
import io
import os
import re
import subprocess
import sys
import tokenize

WORDS = 30
KINDS = ('page', 'message', 'comment', 'title')
PASSIVE = re.compile(r'\b(?:is|are|was|were|be|been|being|gets?|got)\s+(?:\w+ly\s+|not\s+|never\s+|then\s+|only\s+)?'
                     r'(?:\w+(?:ed|en|wn|pt|lt|ft|nt|ld|ht|ck)|made|done|read|sent|put|set|cut|kept|met|told|run|found|shown|'
                     r'known|seen|held|given|taken)\s+by\b', re.I)
END = re.compile(r'(?<=[.!?;])["\')\]”’]*\s+(?=[A-Z"\'(`“‘0-9.$-]|[a-z]+[a-z0-9]*[_(:]|$)|(?<=:)\s*\n\s*\n')
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|[0-9][0-9.,:]*[A-Za-z%]*|[-.\w/]+")
SPACE = re.compile(r'\s+')


def tracked(root, names):
    """The files of the tree that git knows, or all of them outside of git."""
    if names:
        return names
    git = subprocess.run(['git', '-C', root, 'ls-files', '-co', '--exclude-standard'], capture_output=True,
                         text=True)
    if git.returncode == 0:
        return [name for name in git.stdout.splitlines() if os.path.isfile(os.path.join(root, name))]
    return [os.path.relpath(os.path.join(folder, name), root)
            for folder, _, files in os.walk(root) if '/build' not in folder for name in files]


def markdown(text):
    """Yield (line, paragraph): what is prose in a page of Markdown."""
    paragraph, first, fence = [], 0, None
    for number, line in enumerate(text.splitlines() + [''], 1):
        bare = line.strip()
        mark = re.match(r'(```+|~~~+)', bare)
        if mark and (fence is None or bare.startswith(fence)):
            fence, bare, line = (mark.group(1) if fence is None else None), '', ''
        elif fence or re.match(r'(\t|    )\s*\S', line) and not paragraph:
            bare = line = ''
        item = re.match(r'([-*+]|\d+[.)]|#+|>)\s', bare)
        if paragraph and (not bare or item or bare.startswith('|')):
            yield first, ' '.join(paragraph)
            paragraph = []
        if bare.startswith('|'):
            for cell in bare.strip('|').split('|'):
                if re.search(r'[a-z]', cell):
                    yield number, cell.strip()
        elif bare and not bare.startswith('<'):
            if not paragraph:
                first = number
            paragraph.append(bare[item.end():] if item else bare)


def strip_markdown(text):
    text = re.sub(r'`[^`]*`', 'X', text)
    text = re.sub(r'!\[[^\]]*\]\([^)]*\)', '', text)
    return re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', text).replace('**', '').replace('*', '')


# Macros whose arguments are names, and those that end a paragraph.
LITERAL = {'Li', 'Ql', 'Fl', 'Ar', 'Nm', 'Xr', 'Ev', 'Pa', 'Cm', 'Va', 'Dq', 'Sq', 'Op', 'Em', 'Sx', 'Lk', 'Dv'}
BREAK = {'Pp', 'It', 'Sh', 'Ss', 'Bl', 'El', 'Bd', 'Ed', 'Dl', 'D1', 'Dd', 'Dt', 'Os', 'Nd'}


def mdoc(text):
    """Yield (line, paragraph): what is prose in a manual page."""
    paragraph, first, literal, columns = [], 0, False, False
    for number, line in enumerate(text.splitlines() + ['.Pp'], 1):
        if line.startswith('.\\"'):
            continue
        macro = line[1:].split(maxsplit=1) if line.startswith('.') and len(line) > 1 else None
        if macro and macro[0] == 'Bd':
            literal = 'literal' in line or 'unfilled' in line
        if macro and macro[0] == 'Ed':
            literal = False
        if macro and macro[0] in BREAK:
            if paragraph:
                yield first, ' '.join(paragraph)
            paragraph = []
            if macro[0] in ('Sh', 'Ss', 'Nd') and len(macro) > 1:
                yield number, macro[1]
            continue
        if literal:
            continue
        if not paragraph:
            first = number
        if macro:
            arguments = macro[1] if len(macro) > 1 else ''
            closing = re.search(r'(?:\s[.,;:)]+)+$', ' ' + arguments)
            paragraph.append('X' + (closing.group(0).replace(' ', '') if closing else '')
                             if macro[0] in LITERAL or macro[0][0].isupper() else arguments)
        else:
            paragraph.append(re.sub(r'\\\((.)(.)', '', line).replace('\\&', '').replace('\\-', '-').replace('\\', ''))


def c_comments(text):
    for match in re.finditer(r'/\*(.*?)\*/|"(?:[^"\\\n]|\\.)*"', text, re.S):
        if match.group(1) is None:
            continue
        number = text.count('\n', 0, match.start()) + 1
        lines = [re.sub(r'^\s*\*? ?', '', line) for line in match.group(1).split('\n')]
        block, first = [], number
        for offset, line in enumerate(lines + ['']):
            if not line.strip() or line.startswith('  '):
                if block:
                    yield first, ' '.join(block)
                block = []
            elif not re.fullmatch(r'\w+\([^()]*\):', line.strip()):
                if not block:
                    first = number + offset
                block.append(line.strip())


def c_strings(text):
    """Yield (line, string): those that people read, told by a blank between two words."""
    for match in re.finditer(r'"(?:[^"\\\n]|\\.)*"(?:\s*(?:PRI[a-zA-Z0-9]+\s*)?"(?:[^"\\\n]|\\.)*")*|/\*.*?\*/', text, re.S):
        if match.group(0).startswith('/*'):
            continue
        string = ''.join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', match.group(0)))
        string = string.replace('\\n', ' ').replace('\\"', '"')
        if string.count('|') > 5:  # a table of words
            continue
        if re.search(r'[a-z]{2,},? [a-z]{2,}', string) and not re.search(r'\b(SELECT|FROM|SET|WHERE|INSERT|CREATE)\b', string):
            yield text.count('\n', 0, match.start()) + 1, string


def hash_comments(text):
    block, first = [], 0
    for number, line in enumerate(text.splitlines() + [''], 1):
        match = re.match(r'\s*#(?!!)( .*)?$', line)
        body = (match.group(1) or '') if match else ''
        if body.strip() and not body.startswith(('   ', ' shellcheck')):
            if not block:
                first = number
            block.append(body.strip())
        else:
            if block:
                yield first, ' '.join(block)
            block = []


def python_docs(text):
    """Yield (line, paragraph) of the docstrings: strings that are a statement of their own."""
    try:
        before = tokenize.NEWLINE
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.NL, tokenize.COMMENT):
                continue
            starts, before = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT), token.type
            if starts and token.type == tokenize.STRING and token.string.startswith(('"""', "'''")):
                block, first = [], token.start[0]
                for offset, line in enumerate(inspect.cleandoc(token.string.strip('"\'')).split('\n') + ['']):
                    if not line.strip() or line.startswith('  '):
                        if block:
                            yield first, ' '.join(block)
                        block = []
                    else:
                        if not block:
                            first = token.start[0] + offset
                        block.append(line.strip())
    except (tokenize.TokenError, IndentationError):
        return


def titles(text):
    for match in re.finditer(r'^@test "(.*)" \{$', text, re.M):
        yield text.count('\n', 0, match.start()) + 1, match.group(1)


def texts(name, text):
    """Yield (kind, line, text) for a file, by its name."""
    shell = name.endswith(('.sh', '.bash', '.bats')) or text.startswith(('#!/usr/bin/env bash', '#!/bin/sh', '#!/bin/bash'))
    if name == 'docs/glossary.md':
        text = '\n'.join('' if line.startswith('|') else line for line in text.split('\n'))
    if name.endswith('.md') and '/cases/' not in name:
        yield from (('page', line, strip_markdown(words)) for line, words in markdown(text))
    elif re.search(r'man/.*\.\d$', name):
        yield from (('page', line, words) for line, words in mdoc(text))
    elif name.endswith(('.c', '.h')):
        yield from (('comment', line, words) for line, words in c_comments(text))
        if not name.startswith('tests/'):
            yield from (('message', line, words) for line, words in c_strings(text))
    elif shell or os.path.basename(name) == 'Makefile':
        yield from (('comment', line, words) for line, words in hash_comments(text))
        if name.endswith('.bats'):
            yield from (('title', line, words) for line, words in titles(text))
    elif name.endswith('.py'):
        yield from (('comment', line, words) for line, words in hash_comments(text))
        yield from (('comment', line, words) for line, words in python_docs(text))


def replaced(root):
    """The words of the third column of the glossary's tables, as (pattern, word to use)."""
    rows = []
    with open(os.path.join(root, 'docs/glossary.md'), encoding='utf-8') as page:
        for line in page:
            cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
            if not line.startswith('|') or len(cells) != 3 or set(cells[0]) <= set('-: ') or cells[2] == 'not':
                continue
            for word in re.findall(r'`([^`]+)`', cells[2]):
                pattern = re.escape(word).replace('\\ ', r'\s+').replace('…', r'\w+')
                rows.append((re.compile(r'(?<![\w-])' + pattern + r'(?![\w-])', re.I), word, cells[0].strip('*')))
    return rows


def findings(text, words):
    """Yield (what, detail) for one text; and first ('sentence', '') for each of its sentences."""
    text = SPACE.sub(' ', text).strip()
    for sentence in END.split(text):
        if not sentence.strip():
            continue
        yield 'sentence', ''
        count = sum(1 for word in WORD.findall(sentence) if re.search(r'\w', word))
        if count > WORDS:
            yield 'long', f'{count} words: {sentence[:90]}'
        for match in PASSIVE.finditer(sentence):
            yield 'passive', match.group(0)
    for pattern, word, use in words:
        for match in pattern.finditer(text):
            yield 'word', f'{match.group(0)} (glossary: {use})'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('-C', dest='root', default=os.path.join(os.path.dirname(__file__), '..'))
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--check', action='store_true')
    parser.add_argument('--kind', choices=KINDS)
    parser.add_argument('files', nargs='*', metavar='FILE')
    arguments = parser.parse_args()
    if not os.path.exists(os.path.join(arguments.root, 'docs/glossary.md')):
        print('docs/glossary.md is missing')
        return 1
    words = replaced(arguments.root)
    counts = {kind: dict(sentence=0, long=0, passive=0, word=0) for kind in KINDS}
    for name in tracked(arguments.root, arguments.files):
        try:
            with open(os.path.join(arguments.root, name), encoding='utf-8') as file:
                text = file.read()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for kind, line, prose in texts(name, text):
            if arguments.kind and kind != arguments.kind:
                continue
            for what, detail in findings(prose, words):
                counts[kind][what] += 1
                if what != 'sentence' and (arguments.list or arguments.check and what != 'passive'):
                    print(f'{name}:{line}: {what}: {detail}')
    if not arguments.check:
        print(f'{"":10}{"sentences":>10}{"over 30":>10}{"passive by":>12}{"replaced":>10}')
        for kind in KINDS:
            row = counts[kind]
            print(f'{kind + "s":10}{row["sentence"]:>10}{row["long"]:>10}{row["passive"]:>12}{row["word"]:>10}')
    sys.stdout.flush()
    return 1 if arguments.check and any(row['long'] or row['word'] for row in counts.values()) else 0


if __name__ == '__main__':
    sys.exit(main())
