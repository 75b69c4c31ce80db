/**
 * The workers that died while they added a stretch, and the search for the input that killed them, where they could not
 * tell: of a process that is killed nothing is left.
 *
 * Half of the suspects is added by a call whose result does not count, then half of the half that is at fault. One input
 * of 8,192 is found in 13 calls.
 */
export class StretchDeaths {
  /** Deaths of which it is not known which input is to blame. */
  unseen = 0
  /** Deaths by the offset of the input to blame. */
  readonly #charged = new Map<number, number>()
  #suspects: readonly number[] = []

  /** The offsets that the next call adds to see whether it dies; undefined if it adds all. */
  get probe(): readonly number[] | undefined {
    const { length } = this.#suspects
    return length === 0 ? undefined : this.#suspects.slice(0, Math.ceil(length / 2))
  }

  /**
   * Called when a worker died. `at`: the input that it added, if it could tell. `all`: the offsets of all inputs. Returns the
   * input to blame; undefined if it is not known yet.
   */
  died(at: number | undefined, all: () => readonly number[]): number | undefined {
    const { probe } = this
    if (at !== undefined) this.#suspects = []
    else if (probe !== undefined) this.#suspects = probe
    // The first may be chance.
    else if (++this.unseen > 1) this.#suspects = all()
    return at ?? (probe?.length === 1 ? probe[0] : undefined)
  }

  /** Called when a call returned. Returns true if it was one with a probe: another input is to blame, or none. */
  survived(): boolean {
    const { probe } = this
    this.#suspects = this.#suspects.slice(probe?.length ?? 0)
    return probe !== undefined
  }

  /** Charges an input with a death. Returns how many it has. */
  charge(at: number): number {
    const deaths = (this.#charged.get(at) ?? 0) + 1
    this.#charged.set(at, deaths)
    return deaths
  }

  /** The input to blame is left out. There may be another. */
  found(): void {
    this.#suspects = []
    this.unseen = 0
  }
}
