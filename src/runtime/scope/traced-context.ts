import type { CallContext } from '../../util/caller-context.ts'
import type { TraceHeaders } from '../../wire/protocol/frames.ts'

/** The parts of OpenTelemetry that a program has registered in this thread, as version 1 of its API keeps them. */
interface Registered {
  readonly context?: { active(): unknown; with<T>(context: unknown, fn: () => T): T }
  readonly propagation?: { extract(context: unknown, carrier: object, getter: Getter): unknown }
}

interface Getter {
  keys(carrier: object): string[]
  get(carrier: object, key: string): string | undefined
}

const API = Symbol.for('opentelemetry.js.api.1')

const getter: Getter = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => (carrier as Record<string, string>)[key],
}

/**
 * The context of a span elsewhere: spans that are made in it are children of that. Without an SDK that is registered in this
 * thread functions are called as they are.
 */
export class TracedContext implements CallContext {
  readonly #headers: TraceHeaders

  constructor(headers: TraceHeaders) {
    this.#headers = headers
  }

  run<T>(fn: () => T): T {
    const { context, propagation } = (globalThis as { [API]?: Registered })[API] ?? {}
    if (context === undefined || propagation === undefined) return fn()
    return context.with(propagation.extract(context.active(), this.#headers, getter), fn)
  }
}

/** Puts one context into another; either may be missing. */
export function nested(outer: CallContext | undefined, inner: CallContext | undefined): CallContext | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner
  return { run: (fn) => outer.run(() => inner.run(fn)) }
}
