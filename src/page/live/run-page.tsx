import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'

import { momentOf } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { Live } from '../../view/live.ts'
import type { LiveView } from '../../view/live/messages.ts'
import type { Unpacked } from '../../view/pack/packed-view.ts'
import { isBad, OUTCOMES } from '../browser/attempts.ts'
import type { Timeline } from '../browser/timeline/timeline.ts'
import { Details } from '../document.tsx'
import { Summary } from '../sections/summary.tsx'
import { Input, Task } from '../sections/words.tsx'
import { RunningNow } from './running-now.tsx'
import { TimelineHost } from './timeline-host.tsx'

/** Failures that are listed. */
const LISTED = 8

interface Props {
  readonly view: LiveView
  readonly live: Live | undefined
  readonly tasks: Unpacked | undefined
  readonly onTimeline: (timeline: Timeline | undefined) => void
}

/** A run: the sections of its report, as it goes on. */
export function RunPage({ view, live, tasks, onTimeline }: Props): VNode {
  // They show in the timeline, which is here.
  useEffect(() => {
    for (const button of document.querySelectorAll<HTMLElement>('[data-show]')) button.hidden = false
  })
  const steps = view.steps.map(({ name }) => name).join('\n')
  const isDrawn = view.lanes.length > 0 && view.end > 0
  return (
    <main id="main">
      <Summary view={view} isLive />
      <TimelineHost key={`${view.run.run} ${isDrawn} ${steps}`} view={view} tasks={tasks} onStart={onTimeline} />
      {live !== undefined && <RunningNow live={live} hasSteps={view.steps.length > 1} />}
      {view.run.state === 'running' && tasks !== undefined && <LastFailures view={view} tasks={tasks} />}
      <Details view={view} />
    </main>
  )
}

function LastFailures({ view, tasks }: { readonly view: LiveView; readonly tasks: Unpacked }): VNode | null {
  const endOf = (i: number): number => (tasks.start[i] ?? 0) + (tasks.ms[i] ?? 0)
  const last = Array.from({ length: tasks.n }, (_, i) => i)
    .filter((i) => isBad(tasks, i))
    .toSorted((a, b) => endOf(b) - endOf(a))
    .slice(0, LISTED)
  if (last.length === 0) return null
  return (
    <section id="last" class="card">
      <header>
        <h2>Last failures</h2>
      </header>
      <table>
        <tbody>
          {last.map((i) => (
            <tr key={`${tasks.task[i]} ${tasks.attempt[i]}`}>
              <td class="r dim">{momentOf(endOf(i), view.end)}</td>
              <td>
                <Task n={tasks.task[i] ?? 0} />
              </td>
              <td class="grow">
                <Input text={tasks.input[i] ?? ''} />
              </td>
              <td class="bad">{OUTCOMES[tasks.state[i] ?? 0]}</td>
              <td class="dim">{visibleText(tasks.failed[i] === 1 ? '' : 'runs again, or did')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
