import { count } from '../../view/format/numbers.ts'
import { moment, time } from '../../view/format/times.ts'
import type { Unpacked } from '../../view/pack/packed-view.ts'
import { isBad, OUTCOMES, type Shown } from './attempts.ts'
import { element, find } from './elements.ts'
import type { Timeline } from './timeline/timeline.ts'

const LISTED = 20
const UNITS: Readonly<Record<string, number>> = { µs: 0.001, us: 0.001, ms: 1, s: 1_000, min: 60_000 }

type Test = (i: number) => boolean

/** Lets the user look for tasks: the others are pale in the timeline, the longest are listed. */
export function listenToFinder(timeline: Timeline): void {
  const form = find('.finder')
  const table = find<HTMLTableElement>('.found')
  form.addEventListener('submit', (event) => event.preventDefault())
  find<HTMLInputElement>('#find').addEventListener('input', (event) => {
    const { shown } = timeline
    const { tasks, all } = shown
    const words = (event.target as HTMLInputElement).value.match(/\S+/g) ?? []
    const tests = words.map((word) => testOf(word, tasks))
    const isAsked = tests.length > 0
    const found = isAsked ? indexes(tasks.n).filter((i) => tests.every((test) => test(i))) : []
    timeline.highlight(isAsked ? new Set(found.map((i) => tasks.task[i] as number)) : undefined)
    table.hidden = !isAsked
    const part = all ? '' : ' that are here one by one'
    const order = found.length > LISTED ? ', the longest first' : ''
    find('output', form).textContent = isAsked ? `${count(found.length)} of ${count(tasks.n)}${part}${order}` : ''
    const longest = found.toSorted((a, b) => (tasks.ms[b] as number) - (tasks.ms[a] as number)).slice(0, LISTED)
    table.tBodies[0]?.replaceChildren(...longest.map((i) => rowOf(shown, i)))
  })
}

/** Returns what a word asks of an attempt. */
function testOf(word: string, { task, failed, attempt, lane, ms, input }: Unpacked): Test {
  const number = /^#(\d+)$/.exec(word)?.[1]
  if (number !== undefined) return (i) => task[i] === Number(number)
  if (/^failed$/i.test(word)) return (i) => failed[i] === 1
  if (/^retried$/i.test(word)) return (i) => (attempt[i] as number) > 1
  const worker = /^w(?:orker)?:?(\d+)$/i.exec(word)?.[1]
  if (worker !== undefined) return (i) => lane[i] === Number(worker) - 1
  const [, sign, amount, unit] = /^([<>])([\d.]+)(µs|us|ms|s|min)$/i.exec(word) ?? []
  const limit = Number(amount) * (UNITS[unit?.toLowerCase() ?? ''] ?? NaN)
  if (!Number.isNaN(limit)) return (i) => (sign === '>' ? (ms[i] as number) > limit : (ms[i] as number) < limit)
  const text = word.toLowerCase()
  return (i) => input[i]?.toLowerCase().includes(text) === true
}

function rowOf({ tasks, lanes }: Shown, i: number): HTMLTableRowElement {
  const cell = (className: string, ...children: (Node | string)[]): HTMLElement => element('td', className, ...children)
  const link = element('a', 'task', `#${tasks.task[i]}`)
  link.href = `#task-${tasks.task[i]}`
  return element(
    'tr',
    '',
    cell('', link),
    cell('grow', element('bdi', 'input', tasks.input[i] ?? '')),
    cell(isBad(tasks, i) ? 'bad' : 'dim', OUTCOMES[tasks.state[i] as number] ?? ''),
    cell('r', time(tasks.ms[i] as number)),
    cell('r dim', lanes[tasks.lane[i] as number] ?? ''),
    cell('r dim', moment(tasks.start[i] as number, 100)),
  )
}

function indexes(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}
