import { count } from './numbers.ts'

/** Shows a length of time, in milliseconds: `340 µs`, `21 ms`, `1.4 s`, `2 min 14 s`, `1 h 3 min`. */
export function time(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`
  if (ms < 999.5) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(1))} s`
  const seconds = Math.round(ms / 1_000)
  const rest = seconds % 60
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`
  return `${count(Math.floor(seconds / 3_600))} h ${Math.floor((seconds % 3_600) / 60)} min`
}

/** Shows a moment of a run, `0:41`; with parts of seconds if the marks of an axis are `step` milliseconds apart. */
export function moment(ms: number, step: number = 1_000): string {
  const digits = step >= 1_000 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3
  const seconds = Math.floor(ms * 10 ** (digits - 3) + 1e-6) / 10 ** digits
  const minutes = Math.floor(seconds / 60)
  const rest = (seconds - minutes * 60).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0')
  if (minutes < 60) return `${minutes}:${rest}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`
}

/** Shows a moment as exactly as a run of so many milliseconds needs. */
export function momentOf(ms: number, end: number): string {
  return moment(ms, end < 1_000 ? 1 : end < 20_000 ? 100 : 1_000)
}

const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600]
const DAY_MS = 86_400_000

/** Returns a round distance between the marks of a time axis, of about so many milliseconds. */
export function timeStep(about: number): number {
  if (about > 500) {
    const seconds = SECONDS.find((one) => one * 1_000 >= about)
    return seconds === undefined ? DAY_MS * Math.ceil(about / DAY_MS) : seconds * 1_000
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(about, 1e-3)))
  return power * ([1, 2, 5].find((factor) => factor * power >= about) ?? 10)
}
