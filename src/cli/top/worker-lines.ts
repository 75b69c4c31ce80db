import { sumNeighbours } from '../../view/digest/time-bins.ts'
import { count, percent, size } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import type { LiveTask } from '../../view/live.ts'
import type { LaneView, View } from '../../view/view.ts'
import { type Cell, cell, safe, spark } from './cells.ts'
import { isFound, type TopData } from './top-state.ts'

/** Tasks are marked as slow if so many are known to compare with. */
const ENOUGH = 20
const BARS = 4
const LEGEND = '▲ longer than 99 %'

/** A worker, and what it does just now. */
interface WorkerRow {
  readonly slot: number
  readonly lane: LaneView | undefined
  readonly memory: readonly number[]
  readonly task: LiveTask | undefined
}

interface Column {
  readonly title: string
  readonly width: number
  readonly side?: 'right'
  readonly show: (row: WorkerRow, data: TopData) => Cell
}

const COLUMNS = {
  worker: { title: 'w', width: 2, side: 'right', show: ({ slot }) => [String(slot + 1)] },
  task: { title: 'task', width: 8, show: ({ task }) => [task === undefined ? '' : `#${task.task}`] },
  what: { title: 'what', width: 12, show: ({ task }) => [safe(task?.input ?? '')] },
  step: { title: 'step', width: 10, show: ({ task }) => [safe(task?.step ?? '')] },
  since: {
    title: 'since',
    width: 8,
    side: 'right',
    show: ({ task }, { now, view }) => {
      if (task === undefined) return ['']
      const ms = Math.max(0, now - task.since)
      return isSlow(ms, view) ? [`▲${time(ms)}`, 'yellow'] : [time(ms)]
    },
  },
  done: { title: 'done', width: 7, side: 'right', show: ({ lane }) => [lane === undefined ? '' : count(lane.tasks)] },
  failed: {
    title: 'failed',
    width: 6,
    side: 'right',
    show: ({ lane }) => [lane === undefined || lane.failed === 0 ? '' : count(lane.failed), 'red'],
  },
  died: {
    title: 'died',
    width: 4,
    side: 'right',
    show: ({ lane }) => [lane === undefined || lane.deaths === 0 ? '' : count(lane.deaths), 'red'],
  },
  busy: {
    title: 'busy',
    width: 5,
    side: 'right',
    show: ({ lane }, { view }) => [
      lane === undefined || view.end === 0 ? '' : percent(Math.min(1, lane.busy / view.end / view.run.concurrency)),
    ],
  },
  memory: {
    title: 'memory',
    width: 12,
    side: 'right',
    show: ({ memory }) => {
      const last = memory.findLast((bytes) => bytes > 0)
      return [last === undefined ? '' : `${size(last)} ${cell(trend(memory), BARS)}`]
    },
  },
} as const satisfies Readonly<Record<string, Column>>

type ColumnName = keyof typeof COLUMNS

/** The columns, the widest choice first. */
const LAYOUTS: readonly (readonly ColumnName[])[] = [
  ['worker', 'task', 'what', 'step', 'since', 'done', 'failed', 'memory'],
  ['worker', 'task', 'what', 'step', 'since', 'done', 'failed'],
  ['worker', 'task', 'what', 'since', 'done', 'failed'],
  ['worker', 'task', 'what', 'since'],
  ['worker', 'what', 'since'],
  ['worker', 'task'],
]
const ALL: readonly ColumnName[] = [
  'worker',
  'task',
  'what',
  'step',
  'since',
  'busy',
  'done',
  'failed',
  'died',
  'memory',
]

/** Lists workers and what they do just now: a line a worker, with a head. `isAll`: there is room for more about each. */
export function workerLines(data: TopData, { find, lines, columns, isAll }: WorkerSpace): Cell[][] {
  const { view, now } = data
  const rows = workersOf(data).filter(({ task, lane }) =>
    isFound(find, task?.task, task?.input ?? '', lane?.host ?? ''),
  )
  if (lines < Math.min(3, rows.length + 1)) return []
  const layouts = (isAll ? [ALL, ...LAYOUTS] : LAYOUTS).map((layout) =>
    layout.filter((name) => name !== 'step' || view.steps.length > 1),
  )
  const layout = layouts.find((one) => widthOf(one) <= columns) ?? ['worker']
  // The running task takes all that the others leave.
  const spare = Math.max(0, columns - widthOf(layout))
  const lineOf = (show: (name: ColumnName) => Cell): Cell[] =>
    layout.flatMap((name): Cell[] => {
      const { width, side }: Column = COLUMNS[name]
      const [text, look] = show(name)
      return [['  '], [cell(text, name === 'what' ? width + spare : width, side), look]]
    })
  const isMarked = rows.some(({ task }) => task !== undefined && isSlow(now - task.since, view))
  const what = COLUMNS.what.width + spare
  const legend = isMarked && what > 2 * LEGEND.length ? LEGEND : ''
  const head = lineOf((name) => [name === 'what' ? `what${legend.padStart(what - 4)}` : COLUMNS[name].title, 'dim'])
  const shown = rows.length < lines ? rows : longest(rows, lines - 2)
  const listed = shown.map((row) => lineOf((name) => COLUMNS[name].show(row, data)))
  const more = rows.length - shown.length
  return [head, ...listed, ...(more > 0 ? [[[`     … ${count(more)} more workers`, 'dim'] as const]] : [])].slice(
    0,
    lines,
  )
}

/** The room for a list of workers. */
export interface WorkerSpace {
  readonly find: string
  readonly lines: number
  readonly columns: number
  readonly isAll: boolean
}

/** Returns how many lines would list all workers. */
export function workerCount(data: TopData): number {
  return workersOf(data).length
}

function widthOf(layout: readonly ColumnName[]): number {
  return layout.reduce((sum, name) => sum + COLUMNS[name].width + 2, 0)
}

function workersOf({ view, live }: TopData): WorkerRow[] {
  const lanes = new Map(view.lanes.map((lane, i) => [lane.slot, { lane, memory: view.memory.lanes[i] ?? [] }]))
  const tasks = new Map<number, LiveTask[]>()
  for (const task of live?.running ?? []) tasks.set(task.slot, [...(tasks.get(task.slot) ?? []), task])
  const slots = [...new Set([...lanes.keys(), ...tasks.keys()])].toSorted((a, b) => a - b)
  return slots.flatMap((slot) => {
    const about = { slot, lane: lanes.get(slot)?.lane, memory: lanes.get(slot)?.memory ?? [] }
    return (tasks.get(slot) ?? [undefined]).map((task) => ({ ...about, task }))
  })
}

/** Those that have been at their task for longest, in the order of their slots. */
function longest(rows: readonly WorkerRow[], most: number): WorkerRow[] {
  const kept = rows
    .toSorted((a, b) => (a.task?.since ?? Infinity) - (b.task?.since ?? Infinity))
    .slice(0, Math.max(0, most))
  return rows.filter((row) => kept.includes(row))
}

function isSlow(ms: number, { lengths }: View): boolean {
  return lengths.n >= ENOUGH && ms > Math.max(lengths.p99, 1)
}

/** Shows how memory went over the run. */
function trend(memory: readonly number[]): string {
  const known = memory.filter((bytes) => bytes > 0)
  return known.length < BARS ? '' : spark(sumNeighbours(known, BARS))
}
