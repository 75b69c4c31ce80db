import type { Shown } from './attempts.ts'
import { detailOf } from './detail.ts'
import { find } from './elements.ts'
import { listenToFinder } from './find-tasks.ts'
import { Timeline } from './timeline/timeline.ts'

/** Draws the timeline of a section, and shows what can be done with it. */
export function startTimeline(section: HTMLElement, shown: Shown): Timeline {
  const detail = find('.detail', section)
  const [note] = detail.children
  const timeline = new Timeline(section, shown, (i) => {
    if (i >= 0) detail.replaceChildren(...detailOf(timeline.shown, i))
    else if (note !== undefined) detail.replaceChildren(note)
  })
  if (shown.lanes.length === 0 || shown.end === 0) return timeline
  section.classList.add('moves')
  for (const one of section.querySelectorAll<HTMLElement>('.stage, .tools, .finder, .detail')) one.hidden = false
  timeline.draw()
  listenToFinder(timeline)
  return timeline
}

/** Listens to what is clicked anywhere in the page, also to what will only be there later. */
export function listenToPage(timeline: () => Timeline | undefined): void {
  const goToTask = (): void => {
    const task = /^#task-(\d+)$/.exec(location.hash)?.[1]
    if (task === undefined) return
    timeline()?.pickTask(Number(task))
    document.querySelector('#timeline')?.scrollIntoView()
  }
  addEventListener('hashchange', goToTask)
  goToTask()
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return
    // The address does not change, so nothing else would happen.
    if (target.closest('a[href^="#task-"]')?.getAttribute('href') === location.hash) goToTask()
    const show = target.closest<HTMLElement>('[data-show]')
    if (show !== null) showKind(timeline(), Number(show.dataset['show']))
    const code = target.closest<HTMLElement>('code.copy')
    if (code !== null) copy(code)
    if (target.closest('.theme') !== null) turnTheme(timeline())
  })
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })
}

/** Shows the failures of a kind in the timeline. */
function showKind(timeline: Timeline | undefined, kind: number): void {
  const { marks = [], end = 0 } = timeline?.shown ?? {}
  const tasks = marks[kind] ?? []
  const times = tasks.map(([at]) => at)
  timeline?.highlight(new Set(tasks.map(([, task]) => task)))
  timeline?.show(Math.min(...times) - end / 50, Math.max(...times) + end / 50)
  document.querySelector('#timeline')?.scrollIntoView()
}

function copy(code: HTMLElement): void {
  void navigator.clipboard?.writeText(code.textContent ?? '')
  code.classList.add('copied')
  setTimeout(() => code.classList.remove('copied'), 900)
}

function turnTheme(timeline: Timeline | undefined): void {
  const { dataset } = document.documentElement
  const isDark = (dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : '')) === 'dark'
  dataset['theme'] = isDark ? 'light' : 'dark'
  timeline?.draw()
}
