import type { VNode } from 'preact'

import { size } from '../../view/format/numbers.ts'
import { moment, timeStep } from '../../view/format/times.ts'
import { roundMarks, tenth } from './scales.ts'

const WIDTH = 1_190
const HEIGHT = 180
const LEFT = 62
const BOTTOM = 22
const TOP = 16
const MB = 2 ** 20

interface Props {
  readonly at: readonly number[]
  /** Bytes for each lane; 0 if it was not known. */
  readonly lanes: readonly (readonly number[])[]
  readonly end: number
  readonly names: readonly string[]
}

/** A line for each worker: memory over time. */
export function MemoryLines({ at, lanes, end, names }: Props): VNode {
  const most = Math.max(1, ...lanes.map((bytes) => Math.max(0, ...bytes)))
  const x = (moment_: number): number => tenth(LEFT + (moment_ / Math.max(1, end)) * (WIDTH - LEFT - 2))
  const y = (bytes: number): number => tenth(TOP + (1 - bytes / (most * 1.06)) * (HEIGHT - TOP - BOTTOM))
  const highest = lanes.findIndex((bytes) => bytes.includes(most))
  const peakAt = at[lanes[highest]?.indexOf(most) ?? 0] ?? 0
  const step = timeStep(end / 8)
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Memory of each worker over time, at most ${size(most)}`}
    >
      {roundMarks(most / MB).map((mb) => (
        <g>
          <line class="grid" x1={LEFT} x2={WIDTH} y1={y(mb * MB)} y2={y(mb * MB)} />
          <text class="tick" x={LEFT - 8} y={y(mb * MB) + 4} text-anchor="end">
            {mb === 0 ? '0' : size(mb * MB)}
          </text>
        </g>
      ))}
      {Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step).map((mark) => (
        <text class="tick" x={x(mark)} y={HEIGHT - 5} text-anchor={mark === 0 ? 'start' : 'middle'}>
          {moment(mark, step)}
        </text>
      ))}
      {lanes.map((bytes, lane) => (
        <path class={`series c${lane % 8}`} d={pathOf(bytes, at, x, y)}>
          <title>{names[lane]}</title>
        </path>
      ))}
      <text class="strong" x={Math.min(WIDTH - 60, x(peakAt))} y={y(most) - 6} text-anchor="middle">
        {names[highest]}
      </text>
    </svg>
  )
}

/** A line that is broken where another process took the place. */
function pathOf(
  bytes: readonly number[],
  at: readonly number[],
  x: (at: number) => number,
  y: (bytes: number) => number,
): string {
  let last = 0
  return bytes
    .map((value, i) => {
      const isNew = last === 0 || value < last * 0.6
      last = value
      return value === 0 ? '' : `${isNew ? 'M' : 'L'}${x(at[i] ?? 0)} ${y(value)}`
    })
    .join('')
}
