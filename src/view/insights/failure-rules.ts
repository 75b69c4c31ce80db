import { count, many } from '../format/numbers.ts'
import { moment } from '../format/times.ts'
import { cutText } from '../format/visible-text.ts'
import type { KindView } from '../view.ts'
import type { Rule } from './rule.ts'

/** A kind struck only for a while if so much of it lies in a twentieth of the run. */
const BURST_SHARE = 0.85
const BURST_WINDOW = 0.05
const BURST_TRIES = 10

/** Tells how many inputs failed, and how. */
export const failures: Rule = ({ kinds, lanes, states, hasSlots }) => {
  const failing = kinds.filter((kind) => kind.failed > 0)
  const [first] = failing
  const failed = states.failed + states.timeout + states.crashed
  if (first === undefined || failed === 0) return undefined
  const isOneWorker = hasSlots && first.lanes.length === 1 && lanes.length > 2 && first.failed > 4
  const where = isOneWorker ? `, all on worker ${(lanes[first.lanes[0] as number]?.slot ?? 0) + 1}` : ''
  const inputs = `${many(failed, 'input')} failed`
  if (failing.length === 1) return { weight: 100, text: `${inputs}: ${nameOf(first)}${where}.`, to: 'failures' }
  const kind = `${nameOf(first)}, ${first.failed === 1 ? 'once' : `${count(first.failed)} times`}${where}`
  const text = `${inputs}, in ${count(failing.length)} kinds. The largest: ${kind}.`
  return { weight: 100, text, to: 'failures' }
}

/** Tells of a kind of failure that struck only in one short while. */
export const burst: Rule = ({ kinds, whenMs }) => {
  for (const kind of kinds) {
    const { when, tries } = kind
    const width = Math.max(1, Math.ceil(when.length * BURST_WINDOW))
    if (tries <= BURST_TRIES || when.length < 2 * width + 2) continue
    const [from, inside, size] = densest(when, width)
    if (inside / tries <= BURST_SHARE) continue
    const [first, last] = [from, from + size].map((part) => moment(part * whenMs, whenMs))
    const between = `between ${first} and ${last}`
    const often = inside === tries ? `${count(tries)} times` : `${count(inside)} of ${count(tries)} times`
    const text = `${nameOf(kind)} struck ${often} ${between}: look at the machine, not at the inputs.`
    return { weight: 95, text, to: 'failures' }
  }
  return undefined
}

/** Tells of inputs that succeeded only when they were tried again. */
export const recovered: Rule = ({ recovered: saved }) => {
  if (saved === 0) return undefined
  const text = `${many(saved, 'input')} succeeded only when ${saved === 1 ? 'it was' : 'they were'} tried again.`
  return { weight: 45, text, to: 'failures' }
}

function nameOf({ name, what }: KindView): string {
  return what === '' ? name : `“${cutText(`${name}: ${what}`, 120)}”`
}

/** Returns where the window of so many parts begins that holds most, how much, and how many parts of it hold any. */
function densest(when: readonly number[], width: number): [from: number, inside: number, size: number] {
  let best: [number, number, number] = [0, 0, 0]
  for (const [from, first] of when.entries()) {
    const parts = when.slice(from, from + width)
    const inside = parts.reduce((sum, n) => sum + n, 0)
    if (first > 0 && inside > best[1]) best = [from, inside, parts.findLastIndex((n) => n > 0) + 1]
  }
  return best
}
