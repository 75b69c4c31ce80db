import { readFileSync, statSync } from 'node:fs'

import { WorkerStartError } from '../../errors/worker-errors.ts'

/** Properties of the caller that worker processes copy when they start, and follow when a run starts. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>
  /** The working directory; undefined if it was removed. */
  readonly cwd: string | undefined
  /** Undefined on systems that do not tell it. */
  readonly umask: number | undefined
}

/** Returns the caller's surroundings; `env` are variables that the pool adds. */
export function surroundingsNow(env: Readonly<Record<string, string>> = {}): Surroundings {
  return { env: { ...process.env, ...env } as Record<string, string>, cwd: workingFolder(), umask: umaskNow() }
}

/**
 * Throws if the working directory of this process was removed: no worker can be started there, or follow it.
 *
 * @throws {WorkerStartError}
 */
export function requireFolder(): void {
  if (workingFolder() !== undefined) return
  throw new WorkerStartError(
    `no worker can be started: the working directory${lastFolder()} was removed or renamed. ` +
      'Call process.chdir() with one that exists',
  )
}

function workingFolder(): string | undefined {
  try {
    // Node remembers the path, also of a folder that is gone.
    const folder = process.cwd()
    return statSync(folder).isDirectory() ? folder : undefined
  } catch {
    return undefined
  }
}

function lastFolder(): string {
  try {
    return ` ${process.cwd()}`
  } catch {
    return ''
  }
}

/** `process.umask()` sets it to 0 for a moment, for all threads. */
function umaskNow(): number | undefined {
  try {
    const [, digits] = /^Umask:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? []
    return digits === undefined ? undefined : Number.parseInt(digits, 8)
  } catch {
    return undefined
  }
}
