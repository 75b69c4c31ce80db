import type { ProgressState } from './progress-option.ts'

/** What a progress line says beside the numbers. */
export interface ProgressLabels {
  readonly label: string
  /** `2 threads` */
  readonly workers: string
  readonly unit: string | undefined
}

const FULL = '━'
const HALF = '╸'

/** A bar of some columns, `share` of it filled. */
export function bar(share: number, columns: number): string {
  const halves = Math.round(Math.max(0, Math.min(1, share)) * columns * 2)
  const full = FULL.repeat(Math.floor(halves / 2))
  return (full + (halves % 2 === 1 ? HALF : '')).padEnd(columns, ' ')
}

/** The facts of a progress line: `1,204/1,812  66 %  212/s  2 failed  ETA 3s`. */
export function facts({ done, failed, total, rate, etaMs }: ProgressState, unit: string | undefined): string {
  const completed = done + failed
  const parts = [total === undefined ? count(completed) : `${count(completed)}/${count(total)}`]
  if (unit !== undefined) parts[0] += ` ${unit}`
  if (total !== undefined && total > 0) parts.push(`${Math.floor((completed / total) * 100)} %`)
  parts.push(`${rate >= 10 ? count(Math.round(rate)) : rate.toFixed(1)}/s`)
  if (failed > 0) parts.push(`${count(failed)} failed`)
  if (etaMs !== undefined && completed < (total ?? Infinity)) parts.push(`ETA ${duration(etaMs)}`)
  return parts.join('  ')
}

/** A whole number with thousands set apart. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** A length of time in the two largest units that it needs: `3s`, `2m 05s`, `1h 20m`. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`
}
