import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The environment variable by which all processes of a test are known: children have it, and theirs. */
export const MARK = 'MANYHANDS_E2E'

/** When the command is gone, its workers must be within this time, in milliseconds. */
const WITHIN_MS = 2_000

/** Processes with this mark that are left after a moment; they are ended then. Only Linux shows them. */
export async function leftovers(mark: string): Promise<string[]> {
  const until = performance.now() + WITHIN_MS
  let left = marked(mark)
  while (left.length > 0 && performance.now() < until) {
    await sleep(10)
    left = marked(mark)
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL')
  return left.map(({ pid, command }) => `${pid} ${command}`)
}

function marked(mark: string): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) return []
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${MARK}=${mark}`)) return []
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
      return []
    }
  })
}
