import type { ViewState } from '../view/view.ts'

/** The shape of a flag in the timeline, so that no outcome is told by its color alone. */
export type Flag = 'failed' | 'timeout' | 'crashed'

/** The signs of workers that are gone. */
export type Gone = 'died' | 'memory' | 'replaced'

/** Returns the outline of a flag, `size` wide and tall: closed, with its point or its middle at `x`, and its top at `y`. */
export function flagPath(flag: Flag, x: number, y: number, size: number): string {
  const half = size / 2
  switch (flag) {
    case 'failed':
      return `M${x - half} ${y}h${size}L${x} ${y + size}z`
    // An hourglass.
    case 'timeout':
      return `M${x - half} ${y}h${size}L${x - half} ${y + size}h${size}z`
    case 'crashed':
      return `M${x} ${y}l${half} ${half}l${-half} ${half}l${-half} ${-half}z`
  }
}

/** Returns a triangle that points to the right: the start of an attempt after the first. */
export function retryPath(x: number, y: number, size: number): string {
  return `M${x} ${y}l${size} ${size / 2}l${-size} ${size / 2}z`
}

/** Returns the box around the sign of a worker that is gone: a circle, or a square if its memory was the reason. */
export function gonePath(gone: Gone, x: number, y: number, radius: number): string {
  if (gone === 'memory') return `M${x - radius} ${y - radius}h${2 * radius}v${2 * radius}h${-2 * radius}z`
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`
}

/** Returns what is drawn in that box: a cross, or an arrow that goes round if the worker was replaced on purpose. */
export function goneMark(gone: Gone, x: number, y: number, radius: number): string {
  const d = radius * 0.38
  if (gone === 'replaced') return `M${x - d} ${y + d}a${d * 1.4} ${d * 1.4} 0 1 1 ${d} ${d * 0.4}`
  return `M${x - d} ${y - d}l${2 * d} ${2 * d}m0 ${-2 * d}l${-2 * d} ${2 * d}`
}

/** Returns how a worker is gone. */
export function goneOf({ planned, reason }: { readonly planned: boolean; readonly reason: string }): Gone {
  if (planned) return 'replaced'
  return /\bmemory\b/i.test(reason) ? 'memory' : 'died'
}

/** Returns the flag of a state; that of a failure for states that have none of their own. */
export function flagOf(state: ViewState | undefined): Flag {
  return state === 'timeout' || state === 'crashed' ? state : 'failed'
}
