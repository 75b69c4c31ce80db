import { readPage } from './attempts.ts'
import { detailOf } from './detail.ts'
import { find } from './elements.ts'
import { listenToFinder } from './find-tasks.ts'
import { Timeline } from './timeline/timeline.ts'

// Makes the page move. Without this script all of it can be read, and the timeline is a still picture.
const shown = await readPage()
const section = find('#timeline')
const detail = find('.detail')
const [note] = detail.children
const timeline = new Timeline(section, shown, (i) => {
  if (i >= 0) detail.replaceChildren(...detailOf(shown, i))
  else if (note !== undefined) detail.replaceChildren(note)
})

const isDrawn = shown.lanes.length > 0 && shown.end > 0
if (isDrawn) {
  section.classList.add('moves')
  for (const one of document.querySelectorAll<HTMLElement>('.stage, .tools, .finder, .detail, [data-show]'))
    one.hidden = false
  timeline.draw()
  listenToFinder(shown, timeline)
}

const goToTask = (): void => {
  const task = /^#task-(\d+)$/.exec(location.hash)?.[1]
  if (task === undefined) return
  timeline.pickTask(Number(task))
  section.scrollIntoView()
}
addEventListener('hashchange', goToTask)
goToTask()
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#task-"]') : null
  // The address does not change, so nothing else would happen.
  if (link?.getAttribute('href') === location.hash) goToTask()
})

for (const button of document.querySelectorAll<HTMLElement>('[data-show]'))
  button.addEventListener('click', () => {
    const marks = shown.marks[Number(button.dataset['show'])] ?? []
    const times = marks.map(([at]) => at)
    timeline.highlight(new Set(marks.map(([, task]) => task)))
    timeline.show(Math.min(...times) - shown.end / 50, Math.max(...times) + shown.end / 50)
    section.scrollIntoView()
  })

const theme = find('.theme')
theme.hidden = false
theme.addEventListener('click', () => {
  const { dataset } = document.documentElement
  const isDark = (dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : '')) === 'dark'
  dataset['theme'] = isDark ? 'light' : 'dark'
  timeline.draw()
})

for (const code of document.querySelectorAll<HTMLElement>('code.copy')) {
  code.title = 'Click to copy'
  code.addEventListener('click', () => {
    void navigator.clipboard?.writeText(code.textContent ?? '')
    code.classList.add('copied')
    setTimeout(() => code.classList.remove('copied'), 900)
  })
}
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true
})
document.documentElement.dataset['ready'] = ''
