import { cutText } from '../format/visible-text.ts'
import type { CacheView, Fact, RunView } from '../view.ts'
import type { RunEnd, RunHead } from './entries.ts'

const LONGEST = 2_000
const MOST = 60
const MOST_ARGS = 1_000

/** Returns what a view tells of a run before anything has ended in it. */
export function factsOf(head: RunHead): Omit<RunView, 'state' | 'ended' | 'exitCode'> {
  const options = record(head['options'])
  return {
    run: cutText(head.run, LONGEST),
    name: text(head['name']) ?? 'a run',
    started: head.started,
    endedBy: undefined,
    total: whole(head['total']),
    skipped: 0,
    backend: text(head['backend']),
    workers: whole(head['workers']),
    concurrency: Math.max(1, whole(options['concurrency']) ?? 1),
    code: text(head.code),
    host: text(head.host),
    resumes: text(head['resumes']),
    command: list(head['command'], MOST_ARGS)?.map((arg) => text(arg) ?? '…'),
    options: facts(options),
    env: facts(record(head['env'])),
  }
}

/** Returns what the end of a run adds. */
export function endOf(end: RunEnd): Partial<RunView> {
  return { ended: end.at, endedBy: text(end['endedBy']), skipped: whole(end['skipped']) ?? 0 }
}

/** Returns what the end of a run tells of its cache; undefined if it had none. */
export function cacheOf({ cache }: RunEnd): CacheView | undefined {
  if (typeof cache !== 'object' || cache === null) return undefined
  const { hits, joined, misses, savedMs, waitedMs } = cache as Record<string, unknown>
  const amount = (value: unknown): number =>
    typeof value === 'number' && value >= 0 && value < Number.MAX_SAFE_INTEGER ? value : 0
  return {
    hits: amount(hits),
    joined: amount(joined),
    misses: amount(misses),
    savedMs: amount(savedMs),
    waitedMs: amount(waitedMs),
  }
}

/** Functions of a workflow that are told apart. */
const MOST_FUNCTIONS = 60

/** Returns the names of the steps of a run's function, or of the functions of a workflow; empty if there is but one. */
export function stepNames(head: RunHead): string[] {
  const functions = list(head['functions'], MOST_FUNCTIONS) ?? []
  if (functions.length > 1)
    return functions.map((fn, i) => cutText(text(record(fn)['name']) ?? `function ${i + 1}`, 60))
  const [first] = functions
  return (list(record(first)['steps'], 32) ?? []).map((step, i) => cutText(text(step) ?? `step ${i + 1}`, 60))
}

/** Returns the edges of a workflow, by the places of its functions; undefined if it is none. */
export function edgesOf(head: RunHead): readonly (readonly [from: number, to: number])[] | undefined {
  const count = list(head['functions'], MOST_FUNCTIONS)?.length ?? 0
  const isPlace = (value: unknown): boolean => (whole(value) ?? count) < count
  return list(head['edges'], 10 * MOST_FUNCTIONS)?.flatMap((edge) => {
    const [from, to] = Array.isArray(edge) ? (edge as unknown[]) : []
    return isPlace(from) && isPlace(to) ? [[from as number, to as number] as const] : []
  })
}

/** A whole number that is not negative; undefined for all else. */
export function whole(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? cutText(value, LONGEST) : undefined
}

function list(value: unknown, most: number): unknown[] | undefined {
  return Array.isArray(value) ? value.slice(0, most) : undefined
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function facts(values: Record<string, unknown>): Fact[] {
  return Object.entries(values)
    .slice(0, MOST)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [
      cutText(name, 60),
      cutText(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)), LONGEST),
    ])
}
