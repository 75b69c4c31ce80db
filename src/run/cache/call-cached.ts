import type { WrappedFunction } from '../../cache/cache-access.ts'
import { cachedCall } from '../../cache/cached-call.ts'
import { CallsOf } from '../../cache/calls-of.ts'
import { identify } from '../../cache/identify.ts'
import { openStore } from '../../cache/store/open-store.ts'

/** Functions that are being identified for the calls of this tick: captured values are read once for all of them. */
const identifying = new Map<WrappedFunction, Promise<CallsOf>>()

/** Gets the result of a single call from the cache, and calls `onHit`; or from `call`, and stores it. */
export async function callCached(
  wrapped: WrappedFunction,
  args: readonly unknown[],
  call: () => Promise<unknown>,
  onHit: () => void,
): Promise<unknown> {
  const { location } = wrapped.cache
  if (location === undefined) return call()
  const request = (await callsOf(wrapped)).request(args)
  if (request === undefined) return call()
  const { state, value } = await cachedCall(openStore(location), { ...request, queued: true }, call)
  if (state === 'hit' || state === 'joined') onHit()
  return value
}

function callsOf(wrapped: WrappedFunction): Promise<CallsOf> {
  let calls = identifying.get(wrapped)
  if (calls === undefined) {
    calls = identify(wrapped.fn, wrapped.rules.version).then((identity) => new CallsOf(identity, wrapped))
    identifying.set(wrapped, calls)
    queueMicrotask(() => identifying.delete(wrapped))
  }
  return calls
}
