import type { VNode } from 'preact'

import { count, many, size } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { Live } from '../../view/live.ts'
import { Input, Scroll } from '../sections/words.tsx'

/** Tasks that are listed. */
const LISTED = 32

/** The tasks that workers have just now, those that began first at the top. The job log tells of them when they end. */
export function RunningNow({ live, hasSteps }: { readonly live: Live; readonly hasSteps: boolean }): VNode {
  const { at, busy, running, waiting, rss } = live
  const listed = running.toSorted((a, b) => a.since - b.since).slice(0, LISTED)
  const left = busy - listed.length
  return (
    <section id="now" class="card">
      <header>
        <h2>Running now</h2>
        <p>
          {many(busy, 'task')}; {many(waiting, 'result')} to write; {size(rss)} in the run's own process
        </p>
      </header>
      {listed.length > 0 && (
        <Scroll label="Tasks that run now">
          <table>
            <thead>
              <tr>
                <th class="r">worker</th>
                <th>task</th>
                <th>input</th>
                {hasSteps && <th>step</th>}
                <th class="r">for</th>
                <th class="r">attempt</th>
              </tr>
            </thead>
            <tbody>
              {listed.map(({ slot, task, input, step, since, attempt }) => (
                <tr key={`${slot} ${task} ${attempt}`}>
                  <td class="r">{count(slot + 1)}</td>
                  <td>#{count(task)}</td>
                  <td class="grow">
                    <Input text={input} />
                  </td>
                  {hasSteps && <td>{visibleText(step ?? '')}</td>}
                  <td class="r">{time(Math.max(0, at - since))}</td>
                  <td class={`r ${attempt > 1 ? 'bad' : 'dim'}`}>{count(attempt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {left > 0 && listed.length > 0 && <p class="note">… {many(left, 'more task')}</p>}
    </section>
  )
}
