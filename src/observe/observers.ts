import { CallerContext } from '../util/caller-context.ts'
import { messageOf } from '../util/message-of.ts'
import type { InnerAttemptBatch } from './attempt-columns.ts'
import type { RunObserver, RunRef } from './observer.ts'
import type { SuccessRun } from './success-run.ts'

/** A span that others are children of, in the form of the W3C's headers. */
export interface TraceParent {
  readonly traceparent: string
  readonly tracestate?: string
}

/** An observer within this package, with hooks of its own beside the public ones. `O`: something printed, as it came. */
export interface InnerObserver<O = unknown> extends Omit<RunObserver, 'attempts'> {
  attempts?(batch: InnerAttemptBatch): void
  /**
   * Inputs succeeded. An observer with this hook is told of successes by runs, and by `attempts` of all else.
   */
  successes?(successes: SuccessRun, run: RunRef): void
  /** It needs the content keys of inputs that succeeded, which cost about 2 µs each. */
  readonly needsKeys?: true
  /** Returns the parent of spans that are made in the run's tasks. Called once, when its first tasks are sent. */
  traceOf?(run: RunRef): TraceParent | undefined
  /** Something was printed. */
  output?(printed: O): void
  /** A job of the run is over: nothing more of it is told or printed. */
  closed?(run: RunRef): void
}

type Hook = Exclude<keyof InnerObserver, 'needsKeys'>
type Told<H extends Hook, O> = Parameters<NonNullable<InnerObserver<O>[H]>>

const HOOKS: readonly Hook[] = [
  'runStarted',
  'attempts',
  'successes',
  'attemptStarted',
  'workerStarted',
  'workerExited',
  'log',
  'lateError',
  'sample',
  'runEnded',
  'traceOf',
  'output',
  'closed',
]

/**
 * The observers of a run, by what they listen to, worked out once: telling what no observer listens to costs one
 * comparison. An observer that throws is switched off.
 */
export class Observers<O = unknown> {
  readonly #by = new Map<Hook, InnerObserver<O>[]>()
  readonly #context: CallerContext

  /** They are called in the context of the caller who gave them. */
  constructor(observers: Iterable<InnerObserver<O>>, context: CallerContext = new CallerContext()) {
    this.#context = context
    for (const observer of observers)
      for (const hook of HOOKS) if (hook in observer && observer[hook]) this.#add(hook, observer)
  }

  #add(hook: Hook, observer: InnerObserver<O>): void {
    const listening = this.#by.get(hook)
    if (listening === undefined) this.#by.set(hook, [observer])
    else listening.push(observer)
  }

  /** Returns true if an observer listens to this. */
  hears(hook: Hook): boolean {
    return this.#by.has(hook)
  }

  /** The observers of attempts that want to hear of each success, or those that are told of successes by runs. */
  ofAttempts(by: 'each' | 'run'): readonly InnerObserver<O>[] {
    return this.of('attempts').filter((observer) => (observer.successes === undefined) === (by === 'each'))
  }

  /** The observers that listen to this. */
  of(hook: Hook): readonly InnerObserver<O>[] {
    return this.#by.get(hook) ?? []
  }

  /** The span of a run that spans of its tasks are children of, if an observer traces the run. */
  traceOf(run: RunRef): TraceParent | undefined {
    let parent: TraceParent | undefined
    for (const observer of this.of('traceOf')) parent ??= this.#context.run(() => observer.traceOf?.(run))
    return parent
  }

  tell<H extends Hook>(hook: H, ...told: Told<H, O>): void {
    const listening = this.#by.get(hook)
    if (listening === undefined) return
    this.tellThese([...listening], hook, ...told)
  }

  /** Tells only some of its observers. */
  tellThese<H extends Hook>(some: readonly InnerObserver<O>[], hook: H, ...told: Told<H, O>): void {
    this.#context.run(() => {
      for (const observer of some) tellOne(observer, hook, told, () => this.#remove(observer))
    })
  }

  #remove(observer: InnerObserver<O>): void {
    for (const [hook, listening] of this.#by) {
      const others = listening.filter((one) => one !== observer)
      if (others.length === 0) this.#by.delete(hook)
      else this.#by.set(hook, others)
    }
  }
}

/** Observers that have thrown: they are not called again, in this run or any other. */
const broken = new WeakSet<object>()

/** Calls one method of an observer. An observer that throws is switched off with a warning. */
function tellOne<O, H extends Hook>(observer: InnerObserver<O>, hook: H, told: Told<H, O>, remove: () => void): void {
  if (broken.has(observer)) return remove()
  try {
    ;(observer[hook] as ((...args: Told<H, O>) => void) | undefined)?.(...told)
  } catch (thrown) {
    broken.add(observer)
    remove()
    process.emitWarning(`an observer threw in ${hook}() and is switched off: ${messageOf(thrown)}`, {
      type: 'ManyhandsWarning',
      code: 'MH_OBSERVER',
    })
  }
}
