import { cutText } from '../format/visible-text.ts'
import type { View, WorkerEventView } from '../view.ts'

const MOST = 2_000
const LONGEST = 200

/** Workers that died or were replaced. */
export class WorkerEvents {
  readonly #events: WorkerEventView[] = []
  #more = 0

  /** `reason`: the cause of its death; undefined if it was ended on purpose. */
  add(at: number, lane: number, reason: unknown): void {
    if (this.#events.length >= MOST) this.#more++
    else {
      const text = typeof reason === 'string' ? cutText(reason, LONGEST) : 'replaced'
      this.#events.push({ at, lane, reason: text, planned: reason === undefined })
    }
  }

  view(place: (lane: number) => number): Pick<View, 'events' | 'moreEvents'> {
    return { events: this.#events.map((event) => ({ ...event, lane: place(event.lane) })), moreEvents: this.#more }
  }
}
