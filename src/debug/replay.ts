import inspector from 'node:inspector'
import { inspect } from 'node:util'

import type { SourcePosition } from '../task/capture/inspect/source-map.ts'
import { type Locate, causeOfFailure } from '../task/task-call.ts'

/** The name under which the controller finds the replay. A module of the runtime is the same object in all contexts. */
const NAME = 'manyhands.replay'

/** An expression whose value is the running replay. */
export const REPLAY_EXPRESSION: string = `process.getBuiltinModule('node:inspector')[Symbol.for('${NAME}')]`

/** The result of a replay: it stopped, the call did not fail, or it failed unseen or at another place. */
export type Replayed = 'stopped' | 'succeeded' | 'unseen' | 'elsewhere'

/** The length and depth to which a value is shown. */
export interface ShowOptions {
  readonly depth: number
  readonly colors: boolean
  readonly width: number
}

/** The identity of a throw: its place and value, and the number of equal throws before. */
interface Throw {
  readonly thrown: unknown
  readonly place: string
  readonly nth: number
}

/**
 * Calls a failed function again while a controller in another thread sees each throw. The first replay learns which
 * throw leaves the call; the next one stops there.
 *
 * The controller calls all methods except `run`, in this thread, while it is stopped at a throw.
 */
export class Replay {
  readonly #locate: Locate
  readonly #seen: Throw[] = []
  readonly #counts = new Map<string, number>()
  #target: Throw | undefined
  #stopped = false

  constructor(locate: Locate) {
    this.#locate = locate
  }

  /** Calls the function once more. Never rejects. */
  async run(call: () => unknown): Promise<Replayed> {
    const shared = inspector as unknown as Record<symbol, unknown>
    const name = Symbol.for(NAME)
    this.#seen.length = 0
    this.#counts.clear()
    Object.defineProperty(shared, name, { value: this, configurable: true })
    try {
      await call()
      return this.#stopped ? 'stopped' : 'succeeded'
    } catch (thrown) {
      if (this.#stopped) return 'stopped'
      this.#target = this.#throwOf(causeOfFailure(thrown).thrown)
      return this.#target === undefined ? 'unseen' : 'elsewhere'
    } finally {
      Reflect.deleteProperty(shared, name)
    }
  }

  /** Returns true if this is the throw to stop at. */
  stopsAt(thrown: unknown, place: string): boolean {
    const nth = this.#counts.get(place) ?? 0
    this.#counts.set(place, nth + 1)
    this.#seen.push({ thrown, place, nth })
    const isTarget = !this.#stopped && place === this.#target?.place && nth === this.#target.nth
    this.#stopped ||= isTarget
    return isTarget
  }

  show(value: unknown, { depth, colors, width }: ShowOptions): string {
    try {
      return inspect(value, { depth, colors, breakLength: width, maxArrayLength: 50, maxStringLength: 1_000 })
    } catch (error) {
      return `cannot be shown: ${String((error as { message?: unknown } | null)?.message)}`
    }
  }

  /** Formats a value in one line. */
  showBriefly(value: unknown): string {
    if (value instanceof Error) return `[${value.name}: ${value.message}]`
    return this.show(value, { depth: 1, colors: false, width: Infinity }).replaceAll(/\s*\n\s*/g, ' ')
  }

  locate(url: string, line: number, column: number): SourcePosition {
    return this.#locate(url, line, column) ?? { url, line, column }
  }

  /** Finds the first throw of an error, where it went wrong. Other values may be thrown anywhere. */
  #throwOf(thrown: unknown): Throw | undefined {
    const isIt = (one: Throw): boolean => Object.is(one.thrown, thrown)
    return typeof thrown === 'object' ? this.#seen.find(isIt) : this.#seen.findLast(isIt)
  }
}
