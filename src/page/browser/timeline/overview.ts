import { rate } from '../../../view/format/numbers.ts'
import type { Shown } from '../attempts.ts'
import type { Colors } from './colors.ts'
import { box, paintAxis, prepareCanvas, write } from './paint.ts'
import type { Scale } from './scale.ts'

const HEIGHT = 78
/** Pixels of a column. */
const CELL = 4

/** Draws what was finished over time, and which part of it is seen below. */
export function paintOverview(canvas: HTMLCanvasElement, shown: Shown, scale: Scale, colors: Colors): void {
  const { bins, end } = shown
  const { left, width, isWhole } = scale
  const paint = prepareCanvas(canvas, width, HEIGHT)
  const base = isWhole ? HEIGHT - 2 : HEIGHT - 20
  const cells = Math.floor((width - left) / CELL)
  const ok = spread(bins.ok, bins.ms, end, cells)
  const cached = spread(bins.cached, bins.ms, end, cells)
  const bad = spread(bins.bad, bins.ms, end, cells)
  const most = ok.reduce((high, n, i) => Math.max(high, n + (bad[i] as number)), 1e-9)
  const heightOf = (n: number): number => (n / most) * (base - 8)
  for (let i = 0; i < cells; i++) {
    const isSeen = ((i + 1) / cells) * end >= scale.from && (i / cells) * end <= scale.to
    const [good, failed] = [ok[i] as number, bad[i] as number]
    // A failure is seen, however many succeeded beside it.
    const [height, badHeight] = [heightOf(good), failed > 0 ? Math.max(2, heightOf(failed)) : 0]
    paint.globalAlpha = isSeen ? 1 : 0.4
    box(paint, colors.states[0] as string, left + i * CELL, base - height, CELL - 1, height)
    // Stripes: what came from a cache, on top of what ran.
    const stripes = heightOf(cached[i] as number)
    box(paint, colors.states[1] as string, left + i * CELL, base - height, CELL - 1, stripes)
    for (let y = base - height + 1; y < base - height + stripes; y += 3)
      box(paint, colors.card, left + i * CELL, y, CELL - 1, 1)
    box(paint, colors.failed, left + i * CELL, base - height - badHeight, CELL - 1, badHeight)
  }
  paint.globalAlpha = 1
  if (left > 40) {
    write(paint, colors.dim, rate((most / (end / cells)) * 1_000), 0, 14)
    write(paint, colors.dim, 'finished', 0, 31)
  }
  if (isWhole) return
  paintAxis(paint, scale, colors, { from: 0, to: end }, { top: base, bottom: base, textY: HEIGHT - 9 })
  paint.strokeStyle = colors.accent
  const x = left + (scale.from / end) * (width - left)
  paint.strokeRect(x, 2, Math.max(3, ((scale.to - scale.from) / end) * (width - left)), base - 1)
}

/** Shares bins out among columns: a bin that is wider than a column fills several. */
function spread(values: readonly number[], ms: number, end: number, cells: number): number[] {
  const sums = [0]
  for (const value of values) sums.push((sums.at(-1) as number) + value)
  const upTo = (at: number): number => {
    const place = Math.min(values.length, at / ms)
    const whole = Math.floor(place)
    return (sums[whole] as number) + (place - whole) * (values[whole] ?? 0)
  }
  return Array.from({ length: cells }, (_, i) => upTo(((i + 1) / cells) * end) - upTo((i / cells) * end))
}
