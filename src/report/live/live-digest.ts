import type { JournalEntry } from '../../journal/lines/read-journal.ts'
import { Digest } from '../../view/digest/digest.ts'
import type { View } from '../../view/view.ts'
import { digestEntry } from '../digest-entry.ts'
import type { RunReader } from './each-run.ts'

/** Digests what is told of one run. */
export class LiveDigest implements RunReader {
  readonly #digest = new Digest()
  #hasEnded = false
  readonly #onEnd: ((view: View) => void) | undefined

  constructor(onEnd?: (view: View) => void) {
    this.#onEnd = onEnd
  }

  take(entry: JournalEntry): void {
    digestEntry(this.#digest, entry)
  }

  end(): void {
    this.#hasEnded = true
    this.#onEnd?.(this.view())
  }

  view(): View {
    return this.#digest.view({ state: this.#hasEnded ? 'ended' : 'running', exitCode: undefined })
  }
}
