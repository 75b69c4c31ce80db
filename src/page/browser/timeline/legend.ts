import { VIEW_STATES } from '../../../view/view.ts'
import { flagPath, type Gone, goneMark, goneOf, gonePath, retryPath } from '../../shapes.ts'
import type { Shown } from '../attempts.ts'
import { element } from '../elements.ts'
import type { Marking } from './lanes.ts'

const SVG = 'http://www.w3.org/2000/svg'
/** Pixels of a sign, and its middle. */
const SIZE = 13
const MIDDLE = SIZE / 2
const FLAGS = [
  ['failed', 'failed'],
  ['timeout', 'timed out'],
  ['crashed', 'lost its worker'],
] as const
const GONE: readonly (readonly [gone: Gone, text: string])[] = [
  ['died', 'worker died'],
  ['memory', 'out of memory'],
  ['replaced', 'replaced as planned'],
]

/** Makes the signs that a timeline shows, each with its meaning. `bad`: the attempts that failed. */
export function legendOf(
  { steps, tasks, events, bins }: Shown,
  by: Marking['by'],
  bad: readonly number[],
): HTMLLIElement[] {
  const colors = by === 'step' ? steps.map((name, i) => [`c${i % 8}`, name] as const) : [['ok', 'succeeded'] as const]
  const items = [...colors, ['lane', 'idle'] as const].map(([name, text]) =>
    element('li', '', element('i', name), text),
  )
  const sign = (name: string, text: string, ...paths: readonly string[]): void =>
    void items.push(element('li', '', picture(name, paths), text))
  if (bins.cached.some((n) => n > 0)) items.push(element('li', '', element('i', 'cached hatched'), 'from the cache'))
  for (const [state, text] of FLAGS) {
    const some = bad.filter((i) => tasks.state[i] === VIEW_STATES.indexOf(state))
    const path = flagPath(state, MIDDLE, 2, 9)
    if (some.some((i) => tasks.failed[i] === 1)) sign(state, text, path)
    if (some.some((i) => tasks.failed[i] === 0)) sign(`${state} hollow`, `${text}, succeeded later`, path)
  }
  if (tasks.attempt.some((attempt) => attempt > 1)) sign('retried', 'tried again', retryPath(2, 2, 9))
  const gone = new Set(events.map(goneOf))
  for (const [way, text] of GONE)
    if (gone.has(way))
      sign(`gone ${way}`, text, gonePath(way, MIDDLE, MIDDLE, 5.2) + goneMark(way, MIDDLE, MIDDLE, 5.2))
  return items
}

function picture(name: string, paths: readonly string[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', `sign ${name}`)
  svg.setAttribute('viewBox', `0 0 ${SIZE} ${SIZE}`)
  svg.setAttribute('aria-hidden', 'true')
  for (const d of paths) svg.appendChild(document.createElementNS(SVG, 'path')).setAttribute('d', d)
  return svg
}
