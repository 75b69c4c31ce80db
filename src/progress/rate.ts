/** The rate is that of the last so many milliseconds. */
const SPAN_MS = 5_000

/** Completions per second over the last seconds. */
export class Rate {
  readonly #samples: { at: number; done: number }[] = [{ at: 0, done: 0 }]

  /** The rate after so many milliseconds, with `done` completions so far. */
  at(now: number, done: number): number {
    this.#samples.push({ at: now, done })
    while (this.#samples.length > 2 && now - (this.#samples[1] as { at: number }).at > SPAN_MS) this.#samples.shift()
    const first = this.#samples[0] as { at: number; done: number }
    const ms = now - first.at
    return ms === 0 ? 0 : ((done - first.done) / ms) * 1_000
  }
}
