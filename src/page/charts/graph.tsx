import type { VNode } from 'preact'

import { count } from '../../view/format/numbers.ts'
import { cutText } from '../../view/format/visible-text.ts'
import { layout, NODE_HEIGHT as HEIGHT, NODE_WIDTH as WIDTH, type Point } from './graph-layout.ts'
import { tenth } from './scales.ts'
import type { ChainStep } from './step-chain.tsx'

export interface GraphEdges {
  readonly nodes: readonly ChainStep[]
  readonly edges: readonly (readonly [from: number, to: number])[]
}

/** A graph of functions: each stands right of all whose results it takes, and edges go around those that stand between. */
export function Graph({ nodes, edges }: GraphEdges): VNode {
  const { boxes, routes, width, height } = layout(nodes.length, edges)
  const label = `Graph: ${edges.map(([from, to]) => `${nodes[from]?.name} to ${nodes[to]?.name}`).join(', ')}`
  return (
    <svg class="graph" viewBox={`-1 -1 ${width + 2} ${height + 2}`} width={width} role="img" aria-label={label}>
      {routes.map((points) => (
        <path class="edge" d={`${curve(points)}m-5 -4l5 4l-5 4`} />
      ))}
      {nodes.map(({ name, share, part, note, failed }, i) => (
        <g transform={`translate(${boxes[i]?.join(' ')})`}>
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

/** Draws a line through points: bent between columns, straight across them. */
function curve([[x, y], ...others]: readonly [Point, ...Point[]]): string {
  let path = `M${x} ${y}`
  let [lastX, lastY] = [x, y]
  for (const [nextX, nextY] of others) {
    const half = (lastX + nextX) / 2
    path += lastY === nextY ? `H${nextX}` : `C${half} ${lastY} ${half} ${nextY} ${nextX} ${nextY}`
    ;[lastX, lastY] = [nextX, nextY]
  }
  return path
}
