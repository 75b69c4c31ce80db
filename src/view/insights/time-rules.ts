import { percent, rate } from '../format/numbers.ts'
import { moment, time } from '../format/times.ts'
import { cutText } from '../format/visible-text.ts'
import { VIEW_STATES } from '../view.ts'
import type { Facts, Rule } from './rule.ts'

/** Shorter runs, in milliseconds, are mostly their start. */
const LONG_ENOUGH_MS = 2_000

/** A while is slow if less than so much of the usual is finished in it. */
const SLOW = 0.75

/** Tells of a long task at the end for which most workers waited. */
export const tail: Rule = (facts) => {
  if (!isComplete(facts)) return undefined
  const { end, bins, singles } = facts
  const tailMs = end - busyUntil(facts) * bins.ms
  if (tailMs <= Math.max(1_000, end * 0.03)) return undefined
  const last = lastSingle(facts)
  const ms = singles.ms[last] ?? 0
  // It must have run for most of that time.
  if (ms < tailMs / 2) return undefined
  const task = singles.task[last] as number
  const input = singles.input[last] === '' ? '' : ` (${cutText(singles.input[last] as string, 60)})`
  const failed = VIEW_STATES.indexOf('failed') <= (singles.state[last] as number) ? ' and failed' : ''
  const text = `For the last ${time(tailMs)} most workers had nothing to do but wait for #${task}${input}, which took ${time(ms)}${failed}. Put the longest inputs first.`
  return { weight: 80, text, to: `task-${task}` }
}

/** Tells of a while in which far less was finished than before and after, and of the step that took longer then. */
export const slowSpell: Rule = (facts) => {
  const { bins, end } = facts
  const until = busyUntil(facts)
  const cells = Math.min(80, until)
  if (!isComplete(facts) || end < LONG_ENOUGH_MS || cells < 20) return undefined
  const edge = (cell: number): number => Math.floor((cell * until) / cells)
  // A failure takes time as well.
  const ended = bins.ok.map((n, bin) => n + (bins.bad[bin] as number))
  const finished = Array.from({ length: cells }, (_, i) => sum(ended, edge(i), edge(i + 1)))
  const usual = finished.toSorted((a, b) => a - b)[cells >> 1] as number
  const [first, last] = longestBelow(finished, usual * SLOW)
  // Few tasks come unevenly by chance.
  if (last - first < 2 || usual < 5) return undefined
  const [from, to] = [edge(first), edge(last)]
  const then = sum(ended, from, to)
  const perSecond = (n: number, width: number): string => rate((n / (width * bins.ms)) * 1_000)
  const between = `Between ${moment(from * bins.ms)} and ${moment(Math.min(end, to * bins.ms))}`
  const slowed = `only ${perSecond(then, to - from)} were finished instead of ${perSecond(usual, until / cells)}`
  return { weight: 70, text: `${between} ${slowed}${slowStep(facts, ended, from, to)}.`, to: 'timeline' }
}

/** Tells of a start that took longer than the work. */
export const warmUp: Rule = (facts) => {
  const { bins, end } = facts
  const first = bins.busy.findIndex((ms) => ms > 0)
  const startMs = first * bins.ms
  if (!isComplete(facts) || first < 0 || startMs < 500 || startMs < end / 2) return undefined
  const text = `The first task began after ${time(startMs)}, and all of them took ${time(end - startMs)}: the start costs more than the work. A pool that is kept pays it once.`
  return { weight: 65, text, to: 'timeline' }
}

/** Tells of workers that had nothing to do. */
export const idleWorkers: Rule = (facts) => {
  const { end, lanes, busy, run } = facts
  const slots = lanes.reduce((all, lane) => all + lane.of, 0)
  const idle = 1 - busy / Math.max(1, end * slots * run.concurrency)
  if (!isComplete(facts) || slots < 2 || idle <= 0.25 || end <= LONG_ENOUGH_MS) return undefined
  const text = `Workers were idle ${percent(idle)} of the time: fewer would have done, or inputs came too slowly.`
  return { weight: 60, text, to: 'timeline' }
}

/** Tells of the step that takes most of the time. */
export const dominantStep: Rule = ({ steps, lanes }) => {
  const total = steps.reduce((all, step) => all + step.sum, 0)
  const [most] = steps.toSorted((a, b) => b.sum - a.sum)
  if (most === undefined || steps.length < 2 || total < LONG_ENOUGH_MS || most.sum / total <= 0.4) return undefined
  const shorter = time(most.sum / Math.max(1, lanes.length) / 2)
  const text = `Step ${most.name} takes ${percent(most.sum / total)} of all time: twice as fast, it would make the run about ${shorter} shorter.`
  return { weight: 50, text, to: 'steps' }
}

/** Tells of a few tasks that take far longer than the others. */
export const unevenTimes: Rule = ({ lengths: { n, p50, p99 } }) => {
  if (n < 100 || p99 < 1 || p99 / p50 <= 8) return undefined
  const times = Math.round(p99 / p50)
  const text = `Times are uneven: one task in a hundred takes ${times} times as long as the median, ${time(p50)}.`
  return { weight: 40, text, to: 'lengths' }
}

/** Tells of tasks that are shorter than what it costs to hand them out. */
export const shortTasks: Rule = ({ lengths: { n, p50 }, run, end }) => {
  if (n < 10_000 || p50 > 0.01 || end < LONG_ENOUGH_MS || run.backend === 'serial') return undefined
  const text = `Half of the tasks take less than ${time(Math.max(p50, 0.001))}, about what it costs to hand one out: give each call more to do.`
  return { weight: 30, text, to: 'lengths' }
}

/** True if it is known who did what when; what ran and was not told of would look idle. */
function isComplete({ hasSlots, timed, attempts, lanes, run }: Facts): boolean {
  return hasSlots && timed === attempts && lanes.length > 0 && run.state === 'ended'
}

/** The bin from which on fewer than half of the workers had something to do. */
function busyUntil({ bins, lanes, run }: Facts): number {
  const half = (lanes.reduce((all, lane) => all + lane.of, 0) * run.concurrency) / 2
  let until = bins.busy.length
  while (until > 0 && (bins.busy[until - 1] as number) / bins.ms < half) until--
  return until
}

/** The single attempt that ended last. */
function lastSingle({ singles: { start, ms } }: Facts): number {
  let last = 0
  for (let i = 1; i < start.length; i++)
    if ((start[i] as number) + (ms[i] as number) > (start[last] as number) + (ms[last] as number)) last = i
  return last
}

/** The longest stretch of cells below a limit that has others before and after it. */
function longestBelow(cells: readonly number[], limit: number): [from: number, to: number] {
  let best: [number, number] = [0, 0]
  let from: number | undefined
  for (let i = 1; i < cells.length - 2; i++) {
    if ((cells[i] as number) >= limit) from = undefined
    else {
      from ??= i
      if (i + 1 - from > best[1] - best[0]) best = [from, i + 1]
    }
  }
  return best
}

/** Names the step that took far longer between two bins than else. */
function slowStep({ lanes, steps, bins, laneMs }: Facts, ended: readonly number[], from: number, to: number): string {
  const join = laneMs / bins.ms
  const [a, b] = [Math.floor(from / join), Math.ceil(to / join)]
  const then = sum(ended, from, to)
  const others = sum(ended) - then
  const [slowest] = steps
    .map(({ name }, s) => {
      const inside = lanes.reduce((all, { work }) => all + sum(work[s] ?? [], a, b), 0)
      const whole = lanes.reduce((all, { work }) => all + sum(work[s] ?? []), 0)
      return { name, ratio: inside / then / ((whole - inside) / others) }
    })
    .toSorted((x, y) => y.ratio - x.ratio)
  if (slowest === undefined || !(slowest.ratio > 1.8) || !Number.isFinite(slowest.ratio)) return ''
  return `: step ${slowest.name} took ${slowest.ratio.toFixed(1)} times as long`
}

function sum(values: readonly number[], from: number = 0, to: number = values.length): number {
  let all = 0
  for (let i = from; i < to; i++) all += values[i] ?? 0
  return all
}
