import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The environment variable by which all processes of a case are known: children have it, and theirs. */
export const MARK = 'MANYHANDS_FAULT_CASE'

/** When the main process of a case is gone, all others must be within this time, in milliseconds. */
const WITHIN_MS = 5_000

/** What a case left behind. */
export interface Leaks {
  /** Command lines of processes. */
  readonly processes: readonly string[]
  /** Files in the folder for temporary ones. */
  readonly files: readonly string[]
}

/** Processes that a case left behind after a moment; they are ended then. */
export async function leaksOf(folder: string): Promise<Leaks> {
  const until = performance.now() + WITHIN_MS
  let left = processesOf(folder)
  while (left.length > 0 && performance.now() < until) {
    await sleep(10)
    left = processesOf(folder)
  }
  const processes = left.map(({ pid, command }) => `${pid} ${command}`)
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
  return { processes, files: [] }
}

/** The living processes of a case. Only Linux shows the environment of processes. */
export function processesOf(folder: string): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${MARK}=${folder}`)) return []
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
      return []
    }
  })
}
