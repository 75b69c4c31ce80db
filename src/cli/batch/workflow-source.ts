import type { TaskError } from '../../errors/task-errors.ts'
import { availableWorkers } from '../../options/workers.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { BackendOption } from '../../settings/run-options.ts'
import type { WorkflowNode } from '../../workflow/node.ts'
import type { SharedOptions } from '../flags/map-options.ts'
import type { RunSource } from './run-source.ts'

/** A workflow and the location of its workers. */
export interface WorkflowWork {
  readonly node: WorkflowNode<unknown>
  readonly name: string
  readonly backend: BackendOption
  /** The number of workers, if a flag says it. */
  readonly jobs: number | undefined
}

/** Runs a workflow, on the workers of the process. */
export class WorkflowSource implements RunSource {
  readonly name: string
  readonly workers: number
  readonly counts = 'calls'
  readonly #work: WorkflowWork
  #totalCalls: number | undefined

  constructor(work: WorkflowWork) {
    this.#work = work
    this.name = work.name
    this.workers = work.jobs ?? availableWorkers()
  }

  open(options: SharedOptions): Results<unknown> {
    const { node, backend, jobs } = this.#work
    return node.run({
      ...options,
      backend,
      ...(jobs !== undefined && { workers: jobs }),
      // Only the progress tells how many calls there will be.
      progress: ({ total }) => {
        this.#totalCalls = total
      },
    })
  }

  total(): undefined {
    return undefined
  }

  totalCounted(): number | undefined {
    return this.#totalCalls
  }

  labelOf({ task }: TaskError): unknown {
    return `${task.name}[${task.index}]`
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
