import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const LONGEST = 8_192

/** The sums at the end of a run. */
export interface Sums {
  readonly ok: number
  readonly failed: number
}

/**
 * Reads the sums of a run from the last line of its log, without the lines before it. Undefined if that is no such line: the run
 * goes on, or was killed.
 */
export function lastSums(log: string): Sums | undefined {
  try {
    const line = JSON.parse(lastLine(log)) as Record<string, unknown>
    if (line['type'] !== 'end' || typeof line['attempts'] !== 'number') return undefined
    const sum = (...states: readonly string[]): number =>
      states.reduce((total, state) => total + (typeof line[state] === 'number' ? line[state] : 0), 0)
    return { ok: sum('ok', 'cached'), failed: sum('failed', 'timeout', 'crashed') }
  } catch {
    return undefined
  }
}

function lastLine(file: string): string {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, LONGEST))
    readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8').trimEnd().split('\n').at(-1) ?? ''
  } finally {
    closeSync(fd)
  }
}
