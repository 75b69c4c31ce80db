import type { JobOptions } from '../pool/jobs/job-options.ts'
import { Job } from '../pool/jobs/job.ts'
import type { Sink, Source } from '../pool/jobs/ports.ts'
import { type Dispatcher, type HaltMode } from '../pool/scheduling/dispatcher.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { defaultDispatcher } from './hosts/default-host.ts'
import { fallsBack } from './hosts/fallback.ts'
import { TasksHere } from './hosts/tasks-here.ts'

/** A job, and the dispatcher that runs it: that of its host or, if no worker can be started, that of this thread. */
export class PlacedJob {
  readonly job: Job
  readonly #first: Dispatcher
  readonly #settings: RunSettings
  #dispatcher: Dispatcher
  #here: TasksHere | undefined

  constructor(
    dispatcher: Dispatcher,
    settings: RunSettings,
    optionsOf: (rescue: (error: unknown) => boolean, fail: (thrown: unknown) => void) => JobOptions,
    source: Source,
    sink: Sink,
  ) {
    this.#first = dispatcher
    this.#dispatcher = dispatcher
    this.#settings = settings
    const options = optionsOf(
      (error) => this.#rescue(error),
      (thrown) => this.job.fail(thrown),
    )
    if (settings.fallback === 'serial') this.#here = new TasksHere(options, () => this.job)
    this.job = new Job({ ...options, runHere: (item, error) => this.#here?.take(item, error) === true }, source, sink)
  }

  start(): void {
    this.#dispatcher.add(this.job)
  }

  /** Says if the job keeps the process alive while it has work. */
  await(isAwaited: boolean): void {
    this.#dispatcher.await(this.job, isAwaited)
  }

  /** Starts no more tasks; with `now` also stops those that run. */
  halt(mode: HaltMode, why: string): void {
    this.#dispatcher.halt(this.job, mode, why)
  }

  /** Called when the run is over: tasks that still run are stopped, and workers unload the functions of the run. */
  release(reason: unknown): void {
    this.#dispatcher.remove(this.job, reason)
    this.#here?.release(reason)
  }

  /** Continues in this thread, if the run allows that. */
  #rescue(error: unknown): boolean {
    const { parallel } = this.#first.options.backend.capabilities
    if (!parallel || this.#dispatcher !== this.#first || !fallsBack(this.#settings, error)) return false
    this.#first.detach(this.job)
    void defaultDispatcher({ backend: 'serial' }, 1).then((serial) => {
      this.#dispatcher = serial
      serial.add(this.job)
    })
    return true
  }
}
