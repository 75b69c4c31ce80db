import { readPage } from './attempts.ts'
import { find } from './elements.ts'
import { listenToPage, startTimeline } from './page-actions.ts'

// Makes the page move. Without this script all of it can be read, and the timeline is a still picture.
const timeline = startTimeline(find('#timeline'), await readPage())
listenToPage(() => timeline)
for (const one of document.querySelectorAll<HTMLElement>('.theme, [data-show]')) one.hidden = false
document.documentElement.dataset['ready'] = ''
