import { visibleText } from '../view/format/visible-text.ts'
import { unitOf } from '../view/pack/packed-view.ts'
import type { View } from '../view/view.ts'

/** The data of a page's script, as JSON; single attempts come packed beside it. */
export interface PageData extends Pick<View, 'end' | 'bins' | 'laneMs' | 'events'> {
  readonly run: string
  readonly unit: number
  /** All attempts are there one by one. */
  readonly all: boolean
  readonly attempts: number
  readonly steps: readonly string[]
  /** The names of the lanes. */
  readonly lanes: readonly string[]
  /** Bins of a lane. */
  readonly laneBins: number
  /** For each kind of failure the moments and tasks. */
  readonly marks: readonly (readonly (readonly [at: number, task: number])[])[]
}

/** Chooses what the script of a page needs. */
export function pageData(view: View): PageData {
  const { end, bins, laneMs, events, singles, attempts, steps, lanes, kinds, run } = view
  return {
    run: visibleText(run.run),
    end,
    unit: unitOf(view),
    all: singles.all,
    attempts,
    bins,
    laneMs,
    laneBins: lanes[0]?.work[0]?.length ?? 0,
    events,
    steps: steps.map(({ name }) => visibleText(name)),
    lanes: lanes.map((lane) => laneName(lane, view.hasSlots)),
    marks: kinds.map(({ marks }) => marks),
  }
}

/** Names a lane: `worker 3`. A log that does not tell slots numbers its workers from 1. */
export function laneName({ slot, of }: View['lanes'][number], hasSlots: boolean): string {
  if (of > 1) return `${of} more`
  return `worker ${hasSlots ? slot + 1 : slot}`
}
