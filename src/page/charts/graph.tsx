import type { VNode } from 'preact'

import { count } from '../../view/format/numbers.ts'
import { cutText } from '../../view/format/visible-text.ts'
import { tenth } from './scales.ts'
import type { ChainStep } from './step-chain.tsx'

const WIDTH = 190
const HEIGHT = 60
const GAP_X = 48
const GAP_Y = 18

export interface GraphEdges {
  readonly nodes: readonly ChainStep[]
  readonly edges: readonly (readonly [from: number, to: number])[]
}

/** A graph of functions: each stands right of all whose results it takes. */
export function Graph({ nodes, edges }: GraphEdges): VNode {
  const places = placesOf(nodes.length, edges)
  const at = (node: number): readonly [x: number, y: number] => {
    const { column, row } = places[node] ?? { column: 0, row: 0 }
    return [column * (WIDTH + GAP_X), row * (HEIGHT + GAP_Y)]
  }
  const width = Math.max(...places.map(({ column }) => column + 1)) * (WIDTH + GAP_X) - GAP_X
  const height = Math.max(...places.map(({ row }) => row + 1)) * (HEIGHT + GAP_Y) - GAP_Y
  const label = `Graph: ${edges.map(([from, to]) => `${nodes[from]?.name} to ${nodes[to]?.name}`).join(', ')}`
  return (
    <svg class="graph" viewBox={`-1 -1 ${width + 2} ${height + 2}`} width={width} role="img" aria-label={label}>
      {edges.map(([from, to]) => {
        const [x1, y1] = [at(from)[0] + WIDTH, at(from)[1] + HEIGHT / 2]
        const [x2, y2] = [at(to)[0] - 5, at(to)[1] + HEIGHT / 2]
        const half = (x1 + x2) / 2
        return <path class="edge" d={`M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}m-5 -4l5 4l-5 4`} />
      })}
      {nodes.map(({ name, share, part, note, failed }, i) => (
        <g transform={`translate(${at(i).join(' ')})`}>
          <rect class="node" width={WIDTH} height={HEIGHT} rx="9" />
          <rect class={`fill c${i % 8}`} y={HEIGHT - 6} width={tenth(WIDTH * part)} height="6" rx="2" />
          <text class="strong" x="13" y="23">
            {cutText(name, 18)}
          </text>
          <text x="13" y="43">{`${share} of the time · ${note}`}</text>
          {failed > 0 && <text class="bad" x={WIDTH - 12} y="23" text-anchor="end">{`${count(failed)} ✕`}</text>}
        </g>
      ))}
    </svg>
  )
}

interface Place {
  readonly column: number
  readonly row: number
}

/** Gives each node a column, right of those before it, and a row near to them. */
function placesOf(size: number, edges: GraphEdges['edges']): Place[] {
  const columns = new Array<number>(size).fill(0)
  // A log may hold edges that lead around: after as many rounds as there are nodes all others are settled.
  for (let round = 0; round < size; round++)
    for (const [from, to] of edges)
      if (from !== to) columns[to] = Math.min(size - 1, Math.max(columns[to] ?? 0, (columns[from] ?? 0) + 1))
  const rows = new Array<number>(size).fill(0)
  for (let column = 0; column < size; column++) {
    const here = columns.flatMap((one, node) => (one === column ? [node] : []))
    const wanted = (node: number): number => {
      const before = edges.filter(([, to]) => to === node).map(([from]) => rows[from] ?? 0)
      return before.length === 0 ? node / size : before.reduce((sum, row) => sum + row, 0) / before.length
    }
    const sorted = here.map((node) => ({ node, row: wanted(node) })).toSorted((a, b) => a.row - b.row)
    for (const [row, { node }] of sorted.entries()) rows[node] = row
  }
  return columns.map((column, node) => ({ column, row: rows[node] ?? 0 }))
}
