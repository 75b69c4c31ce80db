// Writes the API report: all that programs can see of the package, as declarations without comments.
import ts from '@typescript/typescript6'

import { declarationsOf, textOf } from './entries.mjs'

/** The report as Markdown: the names of each entry, then each declaration once, with those that they mention. */
export function apiReport({ checker, entries }) {
  const lists = entries.map(({ name, names }) => `## ${name}\n\n${names.map((one) => one.name).join(', ')}\n`)
  return [
    '# API report\n',
    'All that programs can see of the package. A change here is a change for its users. Written by `npm run reference`; the pages to',
    'read are in [reference/](reference/README.md).\n',
    ...lists,
    '## Declarations\n',
    '```ts',
    reachable(checker, entries)
      .map((node) => textOf(node))
      .toSorted(byName)
      .join('\n\n'),
    '```\n',
  ].join('\n')
}

/** The declarations of all entries, and all declarations of the package that they mention. */
function reachable(checker, entries) {
  const found = new Set(entries.flatMap(({ names }) => names.flatMap(({ declarations }) => declarations)))
  for (const node of found) ts.forEachChild(node, visit)
  return [...found]

  function visit(node) {
    if (ts.isIdentifier(node)) mention(node)
    ts.forEachChild(node, visit)
  }

  function mention(node) {
    let symbol = checker.getSymbolAtLocation(node)
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol)
    if (symbol === undefined) return
    for (const one of declarationsOf(symbol)) if (ts.isSourceFile(one.parent)) found.add(one)
  }
}

function byName(a, b) {
  const [first, second] = [nameOf(a), nameOf(b)]
  if (first === second) return a < b ? -1 : 1
  return first < second ? -1 : 1
}

/** The name that a declaration's text gives. */
function nameOf(text) {
  return /^(?:abstract )?(?:class|interface|type|const|let|function|namespace) (\w+)/.exec(text)?.[1] ?? text
}
