import type { TaskError } from '../errors/task-errors.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import type { AttemptBatch, RunRef, WorkerRef } from './observer.ts'

/** Reads from the results of a function what they say about their attempts. */
export interface ResultReader {
  /** Nothing was computed: all of the result came from a cache in the worker. */
  isHit(result: unknown): boolean
  /** Milliseconds of each step; negative if it did not run. */
  stepMs?(result: unknown): readonly number[] | undefined
}

/** Facts about the items of attempts, looked up only if an observer asks for them. */
export interface ItemFacts {
  fn(offset: number): { readonly id?: number; readonly name: string; readonly results?: ResultReader | undefined }
  index(offset: number): number
  input(offset: number): unknown
  /** The key by which a job log knows the input, if that is not its content key. */
  key?(offset: number): string | undefined
  /** Position among the outcomes. */
  sequence(offset: number): number
}

/** An attempt that ended. */
export interface EndedAttempt {
  readonly items: ItemFacts
  /** The offset of the item in `items`. */
  readonly offset: number
  readonly worker: WorkerRef | undefined
  /** An index into `ATTEMPT_STATES`. */
  readonly state: number
  /** From 1; 0 if there was none. */
  readonly attempt: number
  readonly final: boolean
  readonly start: number
  readonly ms: number
  readonly error?: TaskError | undefined
  /** The result, as the worker gave it, or what a failed task of several steps told of those before. */
  readonly value?: unknown
}

/** A batch of attempts, as observers within this package see it. */
export interface InnerAttemptBatch extends AttemptBatch {
  /** Identifies the function: several may have one name. */
  fn(i: number): number | undefined
  /** Position among the outcomes. */
  sequence(i: number): number
  /** The result, as the worker gave it, or what a failed task of several steps told of those before. */
  value(i: number): unknown
}

/** Collects the attempts that end in one turn, as columns. */
export class AttemptColumns {
  readonly #run: RunRef
  #worker: WorkerRef | undefined
  #items: ItemFacts[] = []
  #offsets: number[] = []
  #start: number[] = []
  #ms: number[] = []
  #values: unknown[] = []
  // Columns that exist only once a row differs from the usual value.
  #state: number[] | undefined
  #attempt: number[] | undefined
  #final: number[] | undefined
  #errors: Map<number, TaskError> | undefined

  constructor(run: RunRef) {
    this.#run = run
  }

  /** A batch has one worker: attempts of another must wait for the next batch. */
  fits(worker: WorkerRef | undefined): boolean {
    return this.#offsets.length === 0 || this.#worker?.id === worker?.id
  }

  /** Adds a success at the first attempt: nearly all are. */
  addFirst(items: ItemFacts, offset: number, worker: WorkerRef, start: number, ms: number, value: unknown): void {
    this.#worker = worker
    this.#items.push(items)
    this.#offsets.push(offset)
    this.#start.push(start)
    this.#ms.push(ms)
    this.#values.push(value)
    this.#state?.push(0)
    this.#attempt?.push(1)
    this.#final?.push(1)
  }

  add({ items, offset, worker, state, attempt, final, start, ms, error, value }: EndedAttempt): void {
    const row = this.#offsets.length
    this.#worker = worker
    this.#items.push(items)
    this.#offsets.push(offset)
    this.#start.push(start)
    this.#ms.push(ms)
    this.#values.push(value)
    this.#state = extended(this.#state, row, 0, state)
    this.#attempt = extended(this.#attempt, row, 1, attempt)
    this.#final = extended(this.#final, row, 1, final ? 1 : 0)
    if (error !== undefined) (this.#errors ??= new Map()).set(row, error)
  }

  /** The batch of all that was added; undefined if nothing was. */
  take(): InnerAttemptBatch | undefined {
    const length = this.#offsets.length
    if (length === 0) return undefined
    const items = this.#items
    const offsets = this.#offsets
    const errors = this.#errors
    const values = this.#values
    const of = (i: number): ItemFacts => items[i] as ItemFacts
    const offsetOf = (i: number): number => offsets[i] as number
    const batch: InnerAttemptBatch = {
      run: this.#run,
      worker: this.#worker,
      length,
      start: Float64Array.from(this.#start),
      ms: Float64Array.from(this.#ms),
      state: this.#state && Uint8Array.from(this.#state),
      attempt: this.#attempt && Uint32Array.from(this.#attempt),
      final: this.#final && Uint8Array.from(this.#final),
      fn: (i) => of(i).fn(offsetOf(i)).id,
      task: (i) => of(i).fn(offsetOf(i)).name,
      index: (i) => of(i).index(offsetOf(i)),
      input: (i) => of(i).input(offsetOf(i)),
      key: (i) => of(i).key?.(offsetOf(i)) ?? contentKey(of(i).input(offsetOf(i))),
      error: (i) => errors?.get(i),
      value: (i) => values[i],
      stepMs: (i) => (values[i] === undefined ? undefined : of(i).fn(offsetOf(i)).results?.stepMs?.(values[i])),
      sequence: (i) => of(i).sequence(offsetOf(i)),
    }
    this.#items = []
    this.#offsets = []
    this.#start = []
    this.#ms = []
    this.#values = []
    this.#state = undefined
    this.#attempt = undefined
    this.#final = undefined
    this.#errors = undefined
    return batch
  }
}

/** Adds a value to a column that exists only if some value differs from the usual one. */
function extended(column: number[] | undefined, row: number, usual: number, value: number): number[] | undefined {
  if (column !== undefined) {
    column.push(value)
    return column
  }
  return value === usual ? undefined : [...new Array<number>(row).fill(usual), value]
}
