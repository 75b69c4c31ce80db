import type { JobOptions } from '../pool/jobs/job-options.ts'
import { Job } from '../pool/jobs/job.ts'
import type { Sink, Source } from '../pool/jobs/ports.ts'
import { type Dispatcher, type HaltMode } from '../pool/scheduling/dispatcher.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { defaultDispatcher } from './hosts/default-host.ts'
import { fallsBack } from './hosts/fallback.ts'

/** A job, and the dispatcher that has it: that of its host or, if no worker can be had, that of this thread. */
export class PlacedJob {
  readonly job: Job
  readonly #first: Dispatcher
  readonly #settings: RunSettings
  #dispatcher: Dispatcher

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
    this.job = new Job(options, source, sink)
  }

  start(): void {
    this.#dispatcher.add(this.job)
  }

  /** Starts nothing more, and with `now` stops what runs. */
  halt(mode: HaltMode, why: string): void {
    this.#dispatcher.halt(this.job, mode, why)
  }

  /** The run is over: what still runs is stopped, and what the run sent leaves the workers. */
  release(reason: unknown): void {
    this.#dispatcher.remove(this.job, reason)
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
