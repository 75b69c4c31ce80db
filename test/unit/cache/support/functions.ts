import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Notes that it was called, in a file that all processes see. */
export function noted(x: unknown, notes: string): { x: unknown } {
  appendFileSync(notes, 'called\n')
  return { x }
}

/** The same, slowly. */
export async function slowly(x: unknown, notes: string): Promise<{ x: unknown }> {
  appendFileSync(notes, 'called\n')
  await pause(60)
  return { x }
}

export function failing(x: unknown, notes: string): never {
  appendFileSync(notes, 'called\n')
  throw new RangeError(`no ${String(x)}`)
}

/** How many calls were noted. */
export function calls(notes: string): number {
  try {
    return readFileSync(notes, 'utf8').split('\n').length - 1
  } catch {
    return 0
  }
}
