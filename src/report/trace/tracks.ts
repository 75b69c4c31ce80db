/** Spans of a lane that are remembered: results are logged in the order of the inputs, failures at once. */
const REMEMBERED = 2_048
/** Microseconds by which neighbours may overlap because times are rounded, and clocks are read twice. */
const SLACK_US = 50

/** A span and its lane; in whole microseconds. */
export interface Placed {
  readonly lane: number
  readonly from: number
  readonly to: number
}

interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Finds lanes for spans: spans of one lane must not overlap. A worker that runs one task at a time has one lane; others have
 * as many as tasks ran at once.
 */
export class Tracks {
  readonly #lanes = new Map<number, Span[][]>()
  readonly #named = new Set<string>()

  /** Puts a span into the first lane of a slot in which nothing overlaps it; what overlaps by little is cut. */
  place(slot: number, from: number, to: number): Placed {
    const lanes = this.#lanes.get(slot) ?? []
    this.#lanes.set(slot, lanes)
    for (const [lane, spans] of lanes.entries()) {
      const span = insert(spans, from, to)
      if (span !== undefined) return { lane, ...span }
    }
    lanes.push([{ from, to }])
    return { lane: lanes.length - 1, from, to }
  }

  /** True the first time that it is asked for a lane. */
  isNew(slot: number, lane: number): boolean {
    const key = `${slot} ${lane}`
    if (this.#named.has(key)) return false
    this.#named.add(key)
    return true
  }
}

/** Puts a span among others, which are in order. Undefined if it overlaps one. */
function insert(spans: Span[], from: number, to: number): Span | undefined {
  let place = spans.length
  while (place > 0 && (spans[place - 1] as Span).from > from) place--
  const [before, after] = [spans[place - 1], spans[place]]
  const first = Math.max(from, before?.to ?? 0)
  const last = Math.max(first, Math.min(to, after?.from ?? Infinity))
  if (first - from > SLACK_US || Math.max(to, first) - last > SLACK_US || last > (after?.from ?? Infinity))
    return undefined
  const span = { from: first, to: last }
  spans.splice(place, 0, span)
  if (spans.length > 2 * REMEMBERED) {
    // The oldest become one, which no later span may overlap.
    const old = spans.splice(0, REMEMBERED)
    spans.unshift({ from: 0, to: (old.at(-1) as Span).to })
  }
  return span
}
