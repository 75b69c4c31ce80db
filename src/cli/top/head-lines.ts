import { sumNeighbours } from '../../view/digest/time-bins.ts'
import { count, percent, rate as shownRate, size } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import type { View } from '../../view/view.ts'
import { type Cell, cellsWidth, safe, spark } from './cells.ts'
import type { TopData } from './top-state.ts'

const LEAST_BAR = 8
const MOST_BAR = 40
const BARS = 16
/** The span of the small bars, in milliseconds, and of each of them at least. */
const SPAN_MS = 16_000

/** The numbers of the first line. */
export interface Done {
  readonly completed: number
  readonly total: number | undefined
  readonly failed: number
}

/**
 * Returns how many tasks have their outcome. The run itself knows of more than its log, which tells of results that have
 * arrived at their destination.
 */
export function doneOf({ view: { states, run }, live }: Pick<TopData, 'view' | 'live'>): Done {
  const failed = states.failed + states.timeout + states.crashed
  const completed = states.ok + states.cached + failed
  const total = run.total ?? live?.total
  if (live === undefined || run.state !== 'running') return { completed, total, failed }
  return { completed: Math.max(completed, live.done + live.failed), total, failed: live.failed }
}

/** ` thumbnails  calm-otter-41  ━━━╸────  66 %  6,612/10,000  ETA 34s`, as much of it as there is room for. */
export function headLine(data: TopData, columns: number): Cell[] {
  const { view } = data
  const { completed, total } = doneOf(data)
  const name: Cell[] = [[' '], [safe(view.run.name), 'bold']]
  const run: Cell[] = view.run.run === '' ? [] : [['  '], [safe(view.run.run), 'dim']]
  const share = total === undefined || total === 0 ? undefined : Math.min(1, completed / total)
  const counted = total === undefined ? `${count(completed)} done` : `${count(completed)}/${count(total)}`
  const shown = share === undefined ? '' : percent(Math.floor(share * 100) / 100)
  const left = etaOf(data)
  const tails = [[shown, counted, left], [shown, counted], [counted]].map((parts) =>
    parts.filter((part) => part !== '').join('   '),
  )
  for (const [head, tail] of [
    [[...name, ...run], tails[0]],
    [name, tails[0]],
    [name, tails[1]],
    [[] as Cell[], tails[0]],
    [[] as Cell[], tails[1]],
  ] as const) {
    const room = columns - cellsWidth(head) - (tail?.length ?? 0) - 5
    if (room < (share === undefined || head.length === 0 ? 0 : LEAST_BAR)) continue
    if (share === undefined) return [...head, [' '.repeat(room + 3)], [tail ?? '']]
    const width = Math.min(MOST_BAR, room)
    const space = ' '.repeat(room - width + 3)
    return head.length === 0 ? [[` ${tail}`]] : [...head, [space], ...bar(share, width), ['  '], [tail ?? '']]
  }
  return [[tails[2] ?? '']]
}

function bar(share: number, columns: number): Cell[] {
  const halves = Math.floor(share * columns * 2)
  const filled = '━'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '╸' : '')
  return [
    [filled, share === 1 ? 'green' : 'cyan'],
    ['─'.repeat(columns - filled.length), 'dim'],
  ]
}

function etaOf(data: TopData): string {
  const { view, now, rate } = data
  const { completed, total } = doneOf(data)
  const took = view.run.started === undefined ? view.end : (view.run.ended ?? now) - view.run.started
  if (view.run.state !== 'running') return `took ${time(took)}`
  if (total === undefined || rate <= 0 || completed === 0) return time(took)
  return `ETA ${time(Math.ceil((total - completed) / rate) * 1_000)}`
}

/** ` 102/s  ▂▄▅▆▆  8/8 busy  41 failed  97 saved by a retry  1 died`, as much of it as there is room for. */
export function factsLine(data: TopData, columns: number): Cell[] {
  const { view, live, rate } = data
  const { failed } = doneOf(data)
  const died = view.lanes.reduce((sum, { deaths }) => sum + deaths, 0)
  const workers = live?.workers ?? view.run.workers
  const ahead = live === undefined ? 0 : live.read - live.done - live.failed - live.busy
  const parts: (Cell | undefined)[] = [
    [shownRate(rate)],
    [throughput(view), 'cyan'],
    live === undefined ? undefined : [`${count(live.busy)}${workers === undefined ? '' : `/${count(workers)}`} busy`],
    failed === 0 ? undefined : [`${count(failed)} failed`, 'red'],
    view.recovered === 0 ? undefined : [`${count(view.recovered)} saved by a retry`, 'yellow'],
    died === 0 ? undefined : [`${count(died)} died`, 'red'],
    view.states.cached === 0 ? undefined : [`${count(view.states.cached)} from the cache`],
    ahead <= rate
      ? undefined
      : [rate > 0 ? `read ${time(Math.round(ahead / rate) * 1_000)} ahead` : `read ${count(ahead)} ahead`],
    live === undefined || live.rss === 0 ? undefined : [`rss ${size(live.rss)}`],
  ]
  const cells: Cell[] = [[' ']]
  for (const part of parts) {
    if (part === undefined || part[0] === '') continue
    const gap: Cell[] = cells.length === 1 ? [] : [['   ']]
    if (cellsWidth([...cells, ...gap, part]) > columns) break
    cells.push(...gap, part)
  }
  return cells
}

/** Shows how much was finished in the last seconds, or over all of a longer run that has ended. */
function throughput({ bins, end, run }: View): string {
  const each = Math.max(1, Math.round(SPAN_MS / BARS / bins.ms))
  const ended = bins.ok.map((n, i) => n + (bins.bad[i] ?? 0))
  const last = run.state === 'running' ? ended.slice(-each * BARS) : ended
  return end < 1_000 ? '' : spark(sumNeighbours(last, BARS))
}
