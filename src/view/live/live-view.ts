import type { KindView, View } from '../view.ts'
import type { LiveView } from './messages.ts'

/** Kinds of failure that a live page lists; moments of each that it can show. */
const KINDS = 40
const MARKS = 200
/** Events of workers, the newest. */
const EVENTS = 400

/** Leaves out of a view what is sent otherwise, or seldom looked at: it goes out each second. */
export function liveView(view: View): LiveView {
  const { kinds, singles, slowest, events } = view
  const pick = <T>(column: readonly T[]): T[] => slowest.map((row) => column[row] as T)
  return {
    ...view,
    kinds: kinds.slice(0, KINDS).map(withFewMarks),
    otherFailures: kinds.slice(KINDS).reduce((sum, { tries }) => sum + tries, view.otherFailures),
    events: events.slice(-EVENTS),
    moreEvents: view.moreEvents + Math.max(0, events.length - EVENTS),
    singles: {
      all: singles.all,
      start: pick(singles.start),
      ms: pick(singles.ms),
      task: pick(singles.task),
      lane: pick(singles.lane),
      attempt: pick(singles.attempt),
      state: pick(singles.state),
      failed: pick(singles.failed),
      input: pick(singles.input),
      steps: singles.steps.map(pick),
    },
    slowest: slowest.map((_, row) => row),
  }
}

function withFewMarks(kind: KindView): KindView {
  return { ...kind, marks: kind.marks.slice(-MARKS) }
}
