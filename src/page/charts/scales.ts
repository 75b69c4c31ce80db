/** Rounds for attributes of SVG. */
export function tenth(x: number): number {
  return Math.round(x * 10) / 10
}

/** Heights of bars as parts of the highest: square roots, so that rare ones are seen. */
export function rootHeights(bars: readonly (readonly [number, number, number])[]): number[] {
  const most = Math.max(1, ...bars.map(([, , n]) => n))
  return bars.map(([, , n]) => Math.sqrt(n / most))
}

/** Round marks from 0 up to `most`, about four of them. */
export function roundMarks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(most / 4, 1e-9)))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= most / 4) ?? 10)
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step)
}
