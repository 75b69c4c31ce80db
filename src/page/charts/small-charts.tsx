import type { VNode } from 'preact'

import { rootHeights, tenth } from './scales.ts'

/** The spread of lengths, for a cell of a table: bars on a logarithmic axis from `low` to `high`, and a mark. */
export function Shape({
  bars,
  low,
  high,
  mark,
  color,
}: {
  readonly bars: readonly (readonly [from: number, to: number, n: number])[]
  readonly low: number
  readonly high: number
  readonly mark: number
  readonly color: string
}): VNode {
  const x = (ms: number): number => (Math.log(Math.max(ms, low) / low) / Math.max(1e-9, Math.log(high / low))) * 220
  const heights = rootHeights(bars)
  return (
    <svg class={`shape ${color}`} viewBox="0 0 220 24" aria-hidden="true" preserveAspectRatio="none">
      {bars.map(([from, to, n], i) => {
        const height = heights[i] as number
        const width = Math.max(0.8, x(to) - x(from) - 0.4)
        return n === 0 ? null : (
          <rect
            class="bar"
            x={tenth(x(from))}
            width={tenth(width)}
            y={tenth(23 - height * 22)}
            height={tenth(height * 22 + 1)}
          />
        )
      })}
      <line class="middle" x1={tenth(x(mark))} x2={tenth(x(mark))} y1="0" y2="24" />
    </svg>
  )
}

/** The number of times that something happened, over the whole run. */
export function Spark({ values, label }: { readonly values: readonly number[]; readonly label: string }): VNode {
  const most = Math.max(1, ...values)
  return (
    <svg class="spark" viewBox={`0 0 ${values.length} 20`} preserveAspectRatio="none" role="img" aria-label={label}>
      <line class="axis" x2={values.length} y1="19.5" y2="19.5" />
      {values.map((n, i) => {
        const height = n === 0 ? 0 : tenth(Math.max(3, (n / most) * 19))
        return n === 0 ? null : <rect x={i} width="1" y={19 - height} height={height} />
      })}
    </svg>
  )
}

/** Draws stripes over a part, so that it is told from others without its color. */
function stripes(from: number, to: number): string {
  let path = ''
  for (let x = from + 3; x < to - 2; x += 5) path += `M${tenth(x)} 0h1v10h-1z`
  return path
}

/** Parts side by side in one bar; `total`: what the whole width stands for. */
export function Parts({
  parts,
  total,
  label,
  className,
}: {
  readonly parts: readonly { readonly color: string; readonly n: number; readonly title?: string | undefined }[]
  readonly total: number
  readonly label?: string
  readonly className: string
}): VNode {
  let at = 0
  const about = label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': label }
  return (
    <svg class={className} viewBox="0 0 1000 10" preserveAspectRatio="none" {...about}>
      {parts.map(({ color, n, title }) => {
        const from = at
        // Even the smallest is seen.
        const width = Math.max(3, (n / Math.max(total, 1e-9)) * 1_000)
        at += width
        return (
          <>
            <rect class={color} x={tenth(Math.min(from, 997))} width={tenth(width)} height="10">
              {title === undefined ? null : <title>{title}</title>}
            </rect>
            {color === 'cached' && <path class="hatch" d={stripes(from, from + width)} />}
          </>
        )
      })}
    </svg>
  )
}
