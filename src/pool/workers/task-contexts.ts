import type { CallContexts, CallerContext } from '../../util/caller-context.ts'
import type { Capabilities, WorkerSpec } from '../backend/backend.ts'
import type { ReadonlyBatches } from './held-batches.ts'

/** The contexts of the tasks that a worker in this thread has: of their own calls, or of their runs. */
export class TaskContexts implements CallContexts {
  loading: CallerContext | undefined
  readonly #batches: () => ReadonlyBatches

  constructor(batches: () => ReadonlyBatches) {
    this.#batches = batches
  }

  /** Returns the settings of a worker with the contexts, if it is in the host's own thread. */
  addTo(spec: WorkerSpec, { parallel }: Capabilities): WorkerSpec {
    return parallel ? spec : { ...spec, contexts: this }
  }

  ofItem(batch: number, offset: number): CallerContext | undefined {
    const held = this.#batches().get(batch)
    return held?.chunk.context?.(offset) ?? held?.job.options.context
  }
}
