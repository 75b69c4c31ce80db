import type { Entry } from '../pool/entry.ts'
import type { LogSink } from '../pool/log-sink.ts'
import type { LogFrame } from '../wire/frames.ts'
import type { Print } from './print.ts'

interface Piece {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/**
 * Prints each task's lines together, in the order of the inputs.
 *
 * The lines of the first task that has no outcome yet are printed as they come, those of later ones when it is their
 * turn. Whatever a failed task or a dead worker printed before is kept.
 */
export class OrderedLogs implements LogSink {
  readonly #print: Print
  /** What tasks printed whose turn has not come, by place. */
  readonly #held = new Map<number, Piece[]>()
  /** Places after the head that have their outcome. */
  readonly #completed = new Set<number>()
  #head = 0

  constructor(print: Print) {
    this.#print = print
  }

  take({ stream, text }: LogFrame, entry: Entry | undefined): void {
    if (entry === undefined || entry.place <= this.#head) return this.#print(stream, text)
    const pieces = this.#held.get(entry.place)
    if (pieces === undefined) this.#held.set(entry.place, [{ stream, text }])
    else pieces.push({ stream, text })
  }

  /** An entry has its outcome: what it prints later is late. */
  completed(entry: Entry): void {
    this.#completed.add(entry.place)
    while (this.#completed.delete(this.#head)) {
      this.#head++
      this.#release(this.#head)
    }
  }

  /** The run is over: nothing is held back any longer. */
  flush(): void {
    for (const place of [...this.#held.keys()].toSorted((a, b) => a - b)) this.#release(place)
    this.#head = Infinity
  }

  #release(place: number): void {
    for (const { stream, text } of this.#held.get(place) ?? []) this.#print(stream, text)
    this.#held.delete(place)
  }
}
