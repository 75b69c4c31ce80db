import type { WrapRules } from '../../cache/cache-access.ts'
import { cachedCall, type CallRequest } from '../../cache/cached-call.ts'
import { argumentHash, callKey, hashOfHashes, storedHash } from '../../cache/call-key.ts'
import { openStore } from '../../cache/store/open-store.ts'
import { messageOf } from '../../util/message-of.ts'
import { type Clip, noResult } from './clip.ts'
import type { ItemRun } from './item-run.ts'
import type { StepCaching, StepStore } from './program.ts'
import type { Step } from './program.ts'

type Hashes = readonly (Buffer | undefined)[]

/** The result of a step from its cache, or computed and kept. */
export async function callCached(
  item: ItemRun,
  step: Step,
  clip: Clip,
  caching: StepCaching,
  args: readonly unknown[],
): Promise<unknown> {
  const { fn } = step
  const compute = async (): Promise<unknown> => {
    const result = await fn(...args)
    // A failure is not kept.
    if (result === undefined) throw noResult(step)
    return result
  }
  const hashes = hashesToldOf(item, step, clip, caching, args)
  if (hashes === undefined) return compute()
  const { value, valueHash, state } = await (caching.store === undefined
    ? item.recall(step, hashes, compute)
    : cachedCall(openStore(caching.store.location), requestOf(item, caching.store, caching.rules, hashes), compute))
  item.called(step, state)
  const hash = storedHash(valueHash)
  if (hash !== undefined && isObject(value)) item.hashes.set(value, hash)
  return value
}

function requestOf(item: ItemRun, { identity }: StepStore, { ttl, codec }: WrapRules, hashes: Hashes): CallRequest {
  return { ...callKey(identity, hashes), identity, ttl, codec, classes: item.classes }
}

/**
 * Returns the hashes of a call; undefined if a value has no hash, which is recorded, and the step runs without the
 * cache.
 */
function hashesToldOf(
  item: ItemRun,
  step: Step,
  clip: Clip,
  { rules: { key, ignore = [] } }: StepCaching,
  args: readonly unknown[],
): Hashes | undefined {
  try {
    return key === undefined
      ? hashesOf(item, step, clip, ignore)
      : [argumentHash(key(...(args as never[])), item.classes)]
  } catch (error) {
    item.called(step, { unhashable: messageOf(error) })
    return undefined
  }
}

/**
 * Returns the hashes of a call's arguments: the values that the step names, or the clip as a whole; then the config.
 */
function hashesOf(item: ItemRun, step: Step, clip: Clip, ignored: readonly number[]): Hashes {
  const { needs } = step
  const hashes =
    needs === undefined ? [clipHash(item, step, clip)] : needs.map((name) => fieldHash(item, step, clip, name))
  if (item.config !== undefined) hashes.push(item.configHash())
  return hashes.map((hash, position) => (ignored.includes(position) ? undefined : hash))
}

/** Made of the hashes of its fields, so that large ones are hashed once for all steps. */
function clipHash(item: ItemRun, step: Step, clip: Clip): Buffer {
  const fields = Object.keys(clip).sort()
  return hashOfHashes(fields.map((name) => [name, fieldHash(item, step, clip, name)]))
}

function fieldHash(item: ItemRun, { rules }: Step, clip: Clip, name: string): Buffer | undefined {
  if (rules.ignore.includes(name)) return undefined
  const value = clip[name]
  if (!isObject(value)) return argumentHash(value, item.classes)
  let hash = item.hashes.get(value)
  if (hash === undefined) item.hashes.set(value, (hash = argumentHash(value, item.classes)))
  return hash
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
