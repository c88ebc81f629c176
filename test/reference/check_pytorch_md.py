"""Run the python blocks of docs/pytorch.md and compare what stands after `→`. From the root of the repository:

    python test/reference/check_pytorch_md.py

Prints every difference; test/docs/pytorch.test.ts does the same with the blocks in TypeScript.
"""
import ast
import re
import sys

PRELUDE, wrong, checked = {}, 0, 0
squeeze = lambda text: ' '.join(text.split())

for number, block in enumerate(re.findall(r'```python\n(.*?)```', open('docs/pytorch.md', encoding='utf-8').read(), re.S)):
    lines, scope = block.split('\n'), PRELUDE if number == 0 else dict(PRELUDE)
    for node in ast.parse(block).body:
        source = ast.get_source_segment(block, node)
        # The comment stands behind the statement or alone on the next line.
        here = re.search(r'# → (.*)$', lines[node.end_lineno - 1]) or re.match(r'\s+# → (.*)$', (lines + [''])[node.end_lineno])
        if here is None:
            exec(source, scope)
            continue
        checked += 1
        got = squeeze(str(eval(source, scope)))
        if got != squeeze(here[1]):
            wrong += 1
            print(f'{source}\n  says {here[1]}\n  is   {got}')
print(f'{checked} values, {wrong} wrong')
sys.exit(wrong > 0)
