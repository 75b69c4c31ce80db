import { TaskError } from '../../errors/task-errors.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Addressed, Ending, Sink } from '../../pool/jobs/ports.ts'
import type { GraphEngine } from './graph-engine.ts'
import type { StageTag } from './operators/stage.ts'

/** Passes the results of calls to the graph. Items that can be handed out because of them are at the next flush. */
export class GraphSink implements Sink {
  readonly #engine: GraphEngine
  readonly #flush: () => void
  readonly #end: (ending: Ending | undefined) => void

  constructor(engine: GraphEngine, flush: () => void, end: (ending: Ending | undefined) => void) {
    this.#engine = engine
    this.#flush = flush
    this.#end = end
  }

  fulfil(chunk: Addressed, offset: number, value: unknown, bytes: number): void {
    this.#engine.completed(chunk.tag(offset) as StageTag, value, bytes)
  }

  reject(item: Item, error: unknown): void {
    // An error that is not a task's fails the job as a whole.
    if (error instanceof TaskError) this.#engine.failed(item.tag as StageTag, error)
  }

  flush(): void {
    this.#flush()
  }

  end(ending: Ending | undefined): void {
    this.#end(ending)
  }
}
