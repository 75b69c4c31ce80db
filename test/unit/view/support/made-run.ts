import { Digest, type Outside } from '#manyhands/view/digest/digest.js'
import type { Attempt } from '#manyhands/view/digest/entries.js'
import type { Insight, View } from '#manyhands/view/view.js'

/** Milliseconds since 1970. */
export const START = 1_795_248_742_280
const ENDED: Outside = { state: 'ended', exitCode: 0 }

export interface MadeRun {
  readonly workers?: number
  readonly steps?: readonly string[]
  /** Facts of the head that differ. */
  readonly head?: Readonly<Record<string, unknown>>
  readonly isOld?: true
}

/** A run that a test makes up, told to a digest line by line. Times are milliseconds from its start. */
export class MadeDigest {
  readonly digest: Digest = new Digest()

  constructor({ workers = 4, steps, head = {}, isOld }: MadeRun = {}) {
    if (isOld === true) return
    const functions = [{ name: 'f', ...(steps !== undefined && { steps }) }]
    const facts = { run: 'calm-otter-41', code: 'sha256:c', host: 'h', started: START, name: 'f', functions, ...head }
    this.digest.head(facts)
    for (let slot = 0; slot < workers; slot++)
      this.digest.worker({ event: 'start', worker: slot + 1, slot, host: 'h', at: START })
  }

  /** An attempt on worker 1, from the start, unless it says otherwise. */
  attempt(about: Partial<Attempt> & { readonly task: number; readonly at?: number }): this {
    const { at = 0, ...rest } = about
    const made = { run: 'calm-otter-41', code: 'sha256:c', host: 'h', attempt: 1, state: 'ok' as const, ms: 10 }
    this.digest.attempt({ ...made, start: START + at, worker: 1, input: `in-${about.task}`, ...rest })
    return this
  }

  /** Tasks of `ms` milliseconds, one after the other on each of the workers. */
  fill(tasks: number, workers: number, ms: number, more: Partial<Attempt> = {}, from: number = 0): this {
    for (let i = 0; i < tasks; i++)
      this.attempt({ task: i, worker: (i % workers) + 1, at: from + Math.floor(i / workers) * ms, ms, ...more })
    return this
  }

  view(outside: Partial<Outside> = {}): View {
    return this.digest.view({ ...ENDED, ...outside })
  }

  /** What a rule says about the run. */
  said(rule: string): string | undefined {
    return this.view().insights.find((one: Insight) => one.rule === rule)?.text
  }
}
