import type { VNode } from 'preact'

import { moment, time, timeStep } from '../../view/format/times.ts'
import type { View } from '../../view/view.ts'
import { laneName } from '../page-data.ts'
import { tenth } from './scales.ts'

const WIDTH = 1_190
const LEFT = 76
const AXIS = 20
const FULL = 250
/** Cells of all lanes and steps together, about, so that the picture stays small. */
const CELLS = 4_000

/** The work of each worker over time, as amounts: for a page without its script, and for print. */
export function LanesPicture({ view }: { readonly view: View }): VNode | null {
  const { lanes, end, laneMs, hasSlots } = view
  const bins = lanes[0]?.work[0]?.length ?? 0
  if (bins === 0) return null
  const row = lanes.length <= 16 ? 30 : lanes.length <= 40 ? 18 : 8
  const gap = lanes.length <= 40 ? 7 : 2
  const series = lanes.length * (lanes[0]?.work.length ?? 1)
  const cells = Math.min(bins, Math.max(30, Math.min(240, Math.floor(CELLS / series))))
  const inner = WIDTH - LEFT
  const step = timeStep((end / inner) * 90)
  const isStepped = view.steps.length > 1
  const label = `What ${lanes.length === 1 ? 'the worker' : `${lanes.length} workers`} did in ${time(end)}`
  // Bins end after the run.
  const drawn = Math.min(1, end / (bins * laneMs)) || 1
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${AXIS + lanes.length * (row + gap)}`} role="img" aria-label={label}>
      {Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step).map((at) => {
        const x = tenth(LEFT + (at / Math.max(end, 1e-9)) * inner)
        return (
          <text class="tick" x={Math.min(x, WIDTH - 14)} y="12" text-anchor={at === 0 ? 'start' : 'middle'}>
            {moment(at, step)}
          </text>
        )
      })}
      {lanes.map((lane, l) => (
        <g transform={`translate(0 ${AXIS + l * (row + gap)})`}>
          {row > 10 && (
            <text class="tick" x="0" y={row / 2 + 4}>
              {laneName(lane, hasSlots)}
            </text>
          )}
          <rect class="idle" x={LEFT} width={inner} height={row} />
          {/* From the top down: what lies below is drawn over it. */}
          {topsOf(lane.work, cells, drawn * bins)
            .map((tops, s) => <path class={isStepped ? `area c${s % 8}` : 'area ok'} d={areaPath(tops, row, inner)} />)
            .toReversed()}
        </g>
      ))}
    </svg>
  )
}

/** For each series how high each cell is filled by it and those before it, from 0 to 1. */
function topsOf(work: readonly (readonly number[])[], cells: number, bins: number): number[][] {
  const below = new Array<number>(cells).fill(0)
  return work.map((series) => {
    for (const cell of below.keys()) {
      const [from, to] = [Math.floor((cell * bins) / cells), Math.max(1, Math.ceil(((cell + 1) * bins) / cells))]
      const part = series.slice(from, to).reduce((sum, share) => sum + share, 0) / (to - from) / FULL
      below[cell] = Math.min(1, (below[cell] as number) + part)
    }
    return [...below]
  })
}

function areaPath(tops: readonly number[], row: number, width: number): string {
  let path = `M${LEFT} ${row}`
  let last = row
  for (const [i, top] of tops.entries()) {
    const y = Math.round((1 - top) * row)
    if (y !== last) path += `H${Math.round(LEFT + (i * width) / tops.length)}V${y}`
    last = y
  }
  return `${path}H${LEFT + width}V${row}z`
}
