import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Processor time of the processes that this one has started and that still run, in seconds. Linux only; 0 elsewhere. */
export function processesCpuSeconds(): number {
  if (!existsSync('/proc/self/stat')) return 0
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  let ticks = 0
  for (const pid of readdirSync('/proc')) {
    const [parent, user = 0, system = 0] = statOf(pid)
    if (parent === process.pid) ticks += user + system
  }
  return ticks / ticksPerSecond
}

/** Returns parent, user and system time of a process; nothing if there is none by now. */
function statOf(pid: string): readonly number[] {
  if (!/^\d+$/u.test(pid)) return []
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold anything.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return [fields[1] ?? 0, fields[11] ?? 0, fields[12] ?? 0]
  } catch {
    return []
  }
}
