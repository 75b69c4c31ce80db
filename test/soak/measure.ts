import { readdirSync, readFileSync } from 'node:fs'

const MB = 1024 * 1024

/** What this process holds at one moment. */
export interface Sample {
  readonly seconds: number
  /** MB on the heap, and of buffers outside of it, after collecting garbage. */
  readonly heap: number
  /** MB of the whole process. */
  readonly rss: number
  readonly threads: number
  readonly children: number
  readonly descriptors: number
  /** What would keep the process alive. */
  readonly handles: number
  /** Temporary files. */
  readonly files: number
}

export function sample(seconds: number, folder: string): Sample {
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return {
    seconds,
    heap: (heapUsed + external) / MB,
    rss: rss / MB,
    threads: listed('/proc/self/task'),
    children: children(),
    descriptors: listed('/proc/self/fd'),
    handles: process.getActiveResourcesInfo().length,
    files: listed(folder),
  }
}

function listed(folder: string): number {
  try {
    return readdirSync(folder).length
  } catch {
    // Only Linux tells.
    return 0
  }
}

function children(): number {
  try {
    const threads = readdirSync('/proc/self/task')
    const lists = threads.map((id) => readFileSync(`/proc/self/task/${id}/children`, 'utf8'))
    return lists.join(' ').split(/\s+/).filter(Boolean).length
  } catch {
    return 0
  }
}

/** Memory may grow by so many MB between the second quarter and the last: it is never quite the same. */
const MARGIN = { heap: 4, rss: 48 } as const

/** How much the median of the last quarter is above that of the second, in MB. The first quarter warms up. */
export function growth(samples: readonly Sample[], what: 'heap' | 'rss'): number {
  const quarter = Math.floor(samples.length / 4)
  const medianOf = (part: readonly Sample[]): number =>
    part.map((one) => one[what]).toSorted((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0
  return medianOf(samples.slice(-quarter)) - medianOf(samples.slice(quarter, quarter * 2))
}

/** What has leaked, in words: memory over time, and what there is more of at the end than at the start. */
export function leaksIn(samples: readonly Sample[], start: Sample, end: Sample): string[] {
  const leaks: string[] = []
  for (const what of ['heap', 'rss'] as const) {
    const grown = growth(samples, what)
    if (grown > MARGIN[what]) leaks.push(`${what} grew by ${grown.toFixed(1)} MB`)
  }
  for (const what of ['threads', 'children', 'descriptors', 'handles', 'files'] as const) {
    if (end[what] > start[what]) leaks.push(`${end[what] - start[what]} more ${what} at the end than at the start`)
  }
  return leaks
}
