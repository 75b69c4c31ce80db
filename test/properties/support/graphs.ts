import * as fc from 'fast-check'
import { batched } from 'manyhands'
import {
  apply,
  constant,
  filter,
  flatMap,
  gather,
  groupBy,
  join,
  source,
  type WorkflowNode,
  zip,
} from 'manyhands/workflow'

/** One node of a random graph; `from` names nodes before it, wherever there are any. */
export interface Step {
  readonly kind: 'apply' | 'filter' | 'flatMap' | 'join' | 'zip' | 'gather' | 'groupBy' | 'constant'
  readonly from: readonly number[]
  /** Items whose value gives this rest, divided by 7, fail. */
  readonly bad: number
  readonly slow: boolean
  readonly local: boolean
  readonly skips: boolean
  /** The most items of a call, if the function is called with many at once. */
  readonly size: number | undefined
}

export interface GraphCase {
  readonly sources: readonly (readonly number[])[]
  readonly lazy: boolean
  /** Items come in time. */
  readonly late: boolean
  readonly steps: readonly Step[]
  readonly window: number | undefined
  readonly batch: number | 'auto'
}

/** An item, or the message of what failed. */
export type Outcome = { readonly value: number } | { readonly error: string }

export const graphs: fc.Arbitrary<GraphCase> = fc.record({
  sources: fc.array(fc.array(fc.nat(30), { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
  lazy: fc.boolean(),
  late: fc.boolean(),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom(
        'apply' as const,
        'apply' as const,
        'apply' as const,
        'filter' as const,
        'flatMap' as const,
        'join' as const,
        'zip' as const,
        'gather' as const,
        'groupBy' as const,
        'constant' as const,
      ),
      from: fc.array(fc.nat(100), { minLength: 2, maxLength: 2 }),
      bad: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(6) }),
      slow: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      local: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      skips: fc.boolean(),
      size: fc.oneof(
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom(1, 2, 3, 8) },
      ),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  window: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  batch: fc.constantFrom(1, 3, 'auto' as const),
})

/** What a step's function does with numbers; with `slow` it takes a turn of the event loop. */
function guard(bad: number, value: number): number {
  if (value % 7 === bad) throw new RangeError(`bad ${value}`)
  return value
}

type OfOne<A extends readonly unknown[], R> = (x: number, ...args: A) => R | Promise<R>

/** Makes a function of an item one that is called with `size` items at most. Of odd items errors end the call. */
function together<A extends readonly unknown[], R>(size: number | undefined, fn: OfOne<A, R>): OfOne<A, R> {
  if (size === undefined) return fn
  const all = async (xs: number[], ...args: A): Promise<(R | Error)[]> => {
    const results: (R | Error)[] = []
    for (const x of xs) {
      try {
        results.push(await fn(x, ...args))
      } catch (error) {
        if (x % 2 === 1) throw error
        results.push(error as Error)
      }
    }
    return results
  }
  return batched(all, { size, maxDelay: 2 }) as OfOne<A, R>
}

/** The node of the last step. */
export function build({ sources, lazy, late, steps }: GraphCase): WorkflowNode<number> {
  const nodes: WorkflowNode<number>[] = sources.map((items) =>
    lazy && late
      ? source(async function* () {
          for (const item of items) yield await Promise.resolve(item)
        })
      : lazy
        ? source(function* () {
            yield* items
          })
        : apply((x: number) => x)(items),
  )
  const [first] = sources
  const inputs: (WorkflowNode<number> | readonly number[])[] = lazy ? nodes : [...nodes, first as readonly number[]]
  for (const step of steps) inputs.push(nodeOf(step, inputs))
  return inputs.at(-1) as WorkflowNode<number>
}

function nodeOf(
  { kind, from, bad, slow, local, skips, size }: Step,
  inputs: readonly (WorkflowNode<number> | readonly number[])[],
): WorkflowNode<number> {
  const [a, b] = from.map((one) => inputs[one % inputs.length] as WorkflowNode<number>) as [
    WorkflowNode<number>,
    WorkflowNode<number>,
  ]
  const options = { local }
  const missing = { local, missing: skips ? ('skip' as const) : ('fail' as const) }
  const later = <T>(value: T): T | Promise<T> =>
    slow ? new Promise((resolve) => setImmediate(() => resolve(value))) : value
  switch (kind) {
    case 'apply':
      return apply(
        together(size, (x: number) => later(guard(bad, x) + 1)),
        options,
      )(a)
    case 'constant':
      return apply(
        together(size, (x: number, more: number[]) => later(guard(bad, x) + more.length)),
        options,
      )(a, constant([1, 2]))
    case 'filter':
      return filter(
        together(size, (x: number) => later(guard(bad, x) % 3 !== 0)),
        options,
      )(a)
    case 'flatMap':
      return flatMap(
        together(size, (x: number) => later(Array.from({ length: guard(bad, x) % 4 }, (_, i) => x + i))) as (
          x: number,
        ) => Promise<number[]>,
        options,
      )(a)
    case 'join':
      return join((x: number, y: number) => later(guard(bad, x) * 3 + y), options)(a, b)
    case 'zip':
      return zip((x: number, y: number) => later(guard(bad, x) - y), options)(a, b)
    case 'gather':
      return gather(
        (all: number[]) => later(guard(bad, all.length) + all.reduce((sum, x) => (sum * 31 + x) % 1000, 0)),
        missing,
      )(a)
    case 'groupBy':
      return groupBy(
        together(size, (x: number) => guard(bad, x) % 3) as (x: number) => Promise<number>,
        (key, items) => later(key * 100 + items.length * 10 + (items[0] as number)),
        missing,
      )(a)
  }
}

/** The same graph in memory, a node after the other; undefined where streams that are zipped have unequal lengths. */
export function evaluate({ sources, lazy, steps }: GraphCase): Outcome[] | undefined {
  const known: Outcome[][] = sources.map((items) => items.map((value) => ({ value })))
  if (!lazy) known.push((sources[0] as number[]).map((value) => ({ value })))
  const needed = new Set<number>([known.length + steps.length - 1])
  const offset = known.length
  for (let i = steps.length - 1; i >= 0; i--) {
    if (!needed.has(offset + i)) continue
    const { kind, from } = steps[i] as Step
    const count = kind === 'join' || kind === 'zip' ? 2 : 1
    for (const one of from.slice(0, count)) needed.add(one % (offset + i))
  }
  for (const [i, step] of steps.entries()) {
    const [a, b] = step.from.map((one) => known[one % known.length] as Outcome[]) as [Outcome[], Outcome[]]
    const result = needed.has(offset + i) ? evaluateStep(step, a, b) : []
    if (result === undefined) return undefined
    known.push(result)
  }
  return known.at(-1)
}

function attempt(make: () => number): Outcome {
  try {
    return { value: make() }
  } catch (thrown) {
    return { error: (thrown as Error).message }
  }
}

/** The item of a stream of one is repeated. */
function zipped(a: Outcome[], b: Outcome[]): [Outcome, Outcome][] | undefined {
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined
  const length = Math.min(a.length, b.length) === 0 ? 0 : Math.max(a.length, b.length)
  const at = (of: Outcome[], i: number): Outcome => of[of.length === 1 ? 0 : i] as Outcome
  return Array.from({ length }, (_, i) => [at(a, i), at(b, i)])
}

function evaluateStep({ kind, bad, skips }: Step, a: Outcome[], b: Outcome[]): Outcome[] | undefined {
  const each = (make: (x: number) => Outcome[]): Outcome[] =>
    a.flatMap((one) => ('value' in one ? make(one.value) : [one]))
  const both = (x: Outcome, y: Outcome, make: (x: number, y: number) => number): Outcome => {
    if ('error' in x) return x
    if ('error' in y) return y
    return attempt(() => make(x.value, y.value))
  }
  switch (kind) {
    case 'apply':
      return each((x) => [attempt(() => guard(bad, x) + 1)])
    case 'constant':
      return each((x) => [attempt(() => guard(bad, x) + 2)])
    case 'filter':
      return each((x) => {
        const checked = attempt(() => guard(bad, x))
        return 'error' in checked || x % 3 !== 0 ? [checked] : []
      })
    case 'flatMap':
      return each((x) => {
        const checked = attempt(() => guard(bad, x))
        return 'error' in checked ? [checked] : Array.from({ length: x % 4 }, (_, i) => ({ value: x + i }))
      })
    case 'join':
      return a.flatMap((x) => b.map((y) => both(x, y, (p, q) => guard(bad, p) * 3 + q)))
    case 'zip':
      return zipped(a, b)?.map(([x, y]) => both(x, y, (p, q) => guard(bad, p) - q))
    case 'gather': {
      const failed = a.find((one) => 'error' in one)
      if (failed !== undefined && !skips) return [{ error: 'any' }]
      const all = a.flatMap((one) => ('value' in one ? [one.value] : []))
      return [attempt(() => guard(bad, all.length) + all.reduce((sum, x) => (sum * 31 + x) % 1000, 0))]
    }
    case 'groupBy':
      return evaluateGroups(a, bad, skips)
  }
}

function evaluateGroups(a: Outcome[], bad: number, skips: boolean): Outcome[] {
  const keyed = a.map((one) => ('value' in one ? attempt(() => guard(bad, one.value)) : one))
  const groups = new Map<number, number[]>()
  for (const one of keyed) {
    if (!('value' in one)) continue
    const key = one.value % 3
    groups.set(key, [...(groups.get(key) ?? []), one.value])
  }
  if (!skips && keyed.some((one) => 'error' in one)) {
    return Array.from({ length: Math.max(1, groups.size) }, () => ({ error: 'any' }))
  }
  return [...groups].map(([key, items]) => ({ value: key * 100 + items.length * 10 + (items[0] as number) }))
}
