import { BACKENDS } from './case.js'
import type { Cell, Row } from './row.js'

const HEAD = `# Faults

What happens when something goes wrong, on each backend. This page is made from \`test/faults/matrix.ts\` by
\`node scripts/faults-table.mjs\`; each cell is a test. *Held*: the task that is to blame fails with an error that says what it was, or
nothing fails at all; every other input has its result, and no process, thread, handle or file is left. *Limit*: it cannot be, and the
test shows what happens instead.

| | fault | ${BACKENDS.join(' | ')} | shown by |
|---|---|${BACKENDS.map(() => '---').join('|')}|---|
`

/** The page of the documentation that shows the matrix. */
export function faultsPage(rows: readonly Row[]): string {
  return HEAD + rows.map((row) => `| ${cellsOf(row).join(' | ')} |\n`).join('')
}

function cellsOf({ id, title, cells }: Row): string[] {
  const states = BACKENDS.map((backend) => stateOf(cells[backend]))
  const tests = new Set(BACKENDS.flatMap((backend) => testsOf(cells[backend])))
  return [id, title, ...states, [...tests].join(', ')].map((text) => text.replaceAll('|', '\\|'))
}

function stateOf({ status, why }: Cell): string {
  return status === 'held' ? 'held' : `limit: ${why ?? ''}`
}

function testsOf({ cases, shownBy }: Cell): string[] {
  return [
    ...cases.map((name) => `\`${name}\``),
    ...(shownBy === undefined ? [] : [`\`${shownBy.file}\` (${shownBy.test})`]),
  ]
}
