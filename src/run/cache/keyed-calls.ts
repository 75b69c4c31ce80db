import type { WrappedFunction } from '../../cache/cache-access.ts'
import type { CallRequest } from '../../cache/cached-call.ts'
import { CallsOf } from '../../cache/calls-of.ts'
import { identify, type Identity, identifyGraph } from '../../cache/identify.ts'
import { warnOnce } from '../../cache/store/cache-report.ts'
import { openStore } from '../../cache/store/open-store.ts'
import type { Store } from '../../cache/store/store.ts'
import { CaptureError } from '../../errors/argument-errors.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'

/** The calls of one function in a run, and the store that keeps their results. */
export interface KeyedCalls {
  readonly store: Store
  /** Returns the request for a call; undefined if its arguments cannot be hashed. */
  request(args: readonly unknown[]): CallRequest | undefined
}

export interface KeyedOptions {
  /** Constants after the arguments of each call. */
  readonly args?: readonly unknown[] | undefined
  /** The prepared function: its identity includes the values that it captured. */
  readonly use: PreparedFunction
}

/** Prepares lookups of a function's results; captured values are read now. Undefined if its results are not stored. */
export async function keyedCalls(
  wrapped: WrappedFunction,
  { use, args }: KeyedOptions,
): Promise<KeyedCalls | undefined> {
  const { cache } = wrapped
  if (cache.location === undefined) return undefined
  const store = openStore(cache.location)
  try {
    const calls = new CallsOf(await identityOf(wrapped, use), wrapped, args)
    return { store, request: (call) => calls.request(call) }
  } catch (error) {
    // A function that runs in this thread, uncaptured, may be one that cannot be identified.
    if (!(isLive(use) && error instanceof CaptureError)) throw error
    cache.counts.unstorable++
    warnOnce(
      `identity ${error.message}`,
      `results are not cached: ${error.message}. To cache them give the function a version`,
    )
    return undefined
  }
}

async function identityOf({ fn, rules }: WrappedFunction, use: PreparedFunction): Promise<Identity> {
  const { graph, construct } = use.load
  const again = rules.version !== undefined || isLive(use) || callsCached(use)
  return again ? identify(fn, rules.version) : identifyGraph(fn, graph, construct)
}

function isLive({ load }: PreparedFunction): boolean {
  return load.graph.functions.some(({ kind }) => kind === 'live')
}

/** Returns true if cached functions are sent along: they are hashed as the functions that they call. */
function callsCached({ load }: PreparedFunction): boolean {
  return load.graph.functions.some((fn) => fn.kind === 'made' && fn.recipe === 'cached-function')
}
