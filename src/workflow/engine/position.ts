import type { TaskError } from '../../errors/task-errors.ts'
import type { Window } from '../../run/source/window.ts'

/**
 * The state of a position in a stream. `open`: one item, none, or several may come to stand here; `known`: one will; `done`
 * and `failed`: it is there; `gone`: the position was replaced by others.
 */
export type PositionState = 'open' | 'known' | 'done' | 'failed' | 'gone'

/** A position in the order of a stream, with its item once that is known. */
export class Position {
  state: PositionState
  next: Position | undefined = undefined
  value: unknown = undefined
  bytes = 0
  error: TaskError | undefined = undefined
  root: Root | undefined
  /** The index of its item if it is known from the start; else that of the item that it comes from, or a count. */
  readonly index: number
  /** The marks of the stream's ports, by port number. */
  #marks: unknown[] | undefined = undefined

  constructor(index: number, state: PositionState, root: Root | undefined) {
    this.index = index
    this.state = state
    this.root = root
  }

  get isSettled(): boolean {
    return this.state === 'done' || this.state === 'failed'
  }

  settle(value: unknown, bytes: number): this {
    this.state = 'done'
    this.value = value
    this.bytes = bytes
    return this
  }

  fail(error: TaskError): this {
    this.state = 'failed'
    this.error = error
    return this
  }

  mark(port: number, mark: unknown): void {
    this.#marks ??= []
    this.#marks[port] = mark
  }

  markOf(port: number): unknown {
    return this.#marks?.[port]
  }

  /** Returns a mark and removes it, so that a remembered position does not keep all that came of it alive. */
  takeMark(port: number): unknown {
    const mark = this.#marks?.[port]
    if (mark !== undefined) this.mark(port, undefined)
    return mark
  }
}

/**
 * The origin of items: an input that was read, or a combination that was made. It counts in its window until the last end
 * of the graph has consumed all items that came of it.
 */
export class Root {
  readonly #window: Window | undefined
  readonly #bytes: number
  readonly #parents: readonly Root[]
  /** Ends that have not consumed it, once for each item that it has become. */
  #open: number

  constructor(open: number, window?: Window, bytes = 0, parents: readonly Root[] = []) {
    this.#open = open
    this.#window = window
    this.#bytes = bytes
    this.#parents = parents
    window?.enter(bytes)
  }

  /** It has become more items than one, or fewer: `more` ends more wait for it. */
  grow(more: number): void {
    this.#open += more
    if (this.#open <= 0) this.#free()
  }

  /** One end has consumed it. */
  release(): void {
    if (--this.#open === 0) this.#free()
  }

  #free(): void {
    this.#window?.leave(1, this.#bytes)
    for (const parent of this.#parents) parent.release()
  }
}
