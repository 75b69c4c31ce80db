import { BACKENDS } from './case.js'
import type { ClusterRow } from './cluster.js'
import type { Cell, Row } from './row.js'

const HEAD = `# Faults

What happens when something goes wrong, on each backend. This page is made from \`test/faults/matrix.ts\` by
\`node scripts/faults-table.mjs\`; each cell is a test. *Held*: the task that is to blame fails with an error that says what it was, or
nothing fails at all; every other input has its result, and no process, thread, handle or file is left. *Limit*: it cannot be, and the
test shows what happens instead.

| | fault | ${BACKENDS.join(' | ')} | shown by |
|---|---|${BACKENDS.map(() => '---').join('|')}|---|
`

const CLUSTER_HEAD = `
## On more than one machine

What the \`nats\` backend adds. Its workers are worker processes: what holds for *processes* above holds there, as the contract suite and the
same code show. All of these are held.

| | fault | shown by |
|---|---|---|
`

/** The page of the documentation that shows the matrix. */
export function faultsPage(rows: readonly Row[], cluster: readonly ClusterRow[]): string {
  const table = (lines: readonly (readonly string[])[]): string =>
    lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
  return HEAD + table(rows.map(cellsOf)) + CLUSTER_HEAD + table(cluster.map(clusterCells))
}

function clusterCells({ id, title, shownBy }: ClusterRow): string[] {
  return [id, title, shownBy.map(({ file, test }) => `\`${file}\` (${test})`).join(', ')]
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
