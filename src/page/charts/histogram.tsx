import type { VNode } from 'preact'

import { count } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import { rootHeights, tenth } from './scales.ts'

const WIDTH = 640
const HEIGHT = 330
const BOTTOM = 24
/** The room of a mark's text, and the height of a row of them. */
const MARK_WIDTH = 110
const MARK_ROW = 17

interface Props {
  readonly bars: readonly (readonly [from: number, to: number, n: number])[]
  readonly marks: readonly (readonly [name: string, ms: number])[]
}

/** Bars over a logarithmic axis of lengths, with marks at the percentiles. */
export function Histogram({ bars, marks }: Props): VNode | null {
  const [first] = bars
  const final = bars.at(-1)
  if (first === undefined || final === undefined) return null
  const [low, high] = [Math.log(first[0]), Math.log(final[1])]
  const x = (ms: number): number => {
    const part = (Math.log(Math.max(ms, first[0])) - low) / (high - low)
    return Math.min(WIDTH, Math.max(0, part * WIDTH))
  }
  const placed = placeMarks(marks, x)
  const top = Math.max(1, ...placed.map(({ row }) => row + 1)) * MARK_ROW + 6
  const bottom = HEIGHT - BOTTOM
  const heights = rootHeights(bars).map((part) => Math.max(1.5, part * (bottom - top)))
  const powers = Array.from({ length: 14 }, (_, i) => 10 ** (i - 4)).filter((ms) => ms >= first[0] && ms <= final[1])
  const label = `How long tasks took: ${marks.map(([name, ms]) => `${name} ${time(ms)}`).join(', ')}`
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {powers.map((ms) => (
        <g>
          <line class="grid" x1={tenth(x(ms))} x2={tenth(x(ms))} y1={top} y2={bottom} />
          <text class="tick" x={tenth(x(ms))} y={HEIGHT - 7} text-anchor={anchorAt(x(ms))}>
            {time(ms)}
          </text>
        </g>
      ))}
      {bars.map(([from, to, n], i) => {
        const height = heights[i] as number
        if (n === 0) return null
        const width = Math.max(1, x(to) - x(from) - 1)
        return (
          <rect
            class="bar"
            x={tenth(x(from) + 0.5)}
            width={tenth(width)}
            y={tenth(bottom - height)}
            height={tenth(height)}
            rx="1.5"
          >
            <title>{`${time(from)} to ${time(to)}: ${count(n)}`}</title>
          </rect>
        )
      })}
      <line class="axis" x1="0" x2={WIDTH} y1={bottom} y2={bottom} />
      {placed.map(({ name, ms, at, isLeft, row }) => (
        <g class="mark">
          <line x1={tenth(at)} x2={tenth(at)} y1={row * MARK_ROW + 3} y2={bottom} />
          <text x={tenth(at + (isLeft ? -5 : 5))} y={row * MARK_ROW + 13} text-anchor={isLeft ? 'end' : 'start'}>
            {name} <tspan class="strong">{time(ms)}</tspan>
          </text>
        </g>
      ))}
    </svg>
  )
}

/** Marks that are close to one another go to rows of their own. */
function placeMarks(marks: Props['marks'], x: (ms: number) => number) {
  const ends: number[] = []
  return marks.map(([name, ms]) => {
    const at = x(ms)
    const isLeft = at > WIDTH - MARK_WIDTH
    const from = isLeft ? at - MARK_WIDTH : at
    const free = ends.findIndex((end) => end < from)
    const row = free < 0 ? ends.length : free
    ends[row] = from + MARK_WIDTH
    return { name, ms, at, isLeft, row }
  })
}

function anchorAt(x: number): 'start' | 'end' | 'middle' {
  if (x < 20) return 'start'
  return x > WIDTH - 30 ? 'end' : 'middle'
}
