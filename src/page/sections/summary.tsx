import type { VNode } from 'preact'

import { count, many, percent, rate } from '../../view/format/numbers.ts'
import { momentOf, time } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import { VIEW_STATES, type View } from '../../view/view.ts'
import { Parts } from '../charts/small-charts.tsx'
import { verdictOf } from '../verdict.ts'
import { failedCount, Sign, STATE_WORDS, Tile } from './words.tsx'

/** The run in figures and sentences. `isLive`: the page follows it. */
export function Summary({ view, isLive = false }: { readonly view: View; readonly isLive?: boolean }): VNode {
  const { run, states, insights } = view
  const { text, mood } = verdictOf(view)
  const left = leftOf(view)
  const parts = [...VIEW_STATES.map((state) => [state, states[state]] as const), ['left', left] as const].filter(
    ([, n]) => n > 0,
  )
  const words = parts.map(([state, n]) => `${count(n)} ${STATE_WORDS[state]}`)
  const colored = parts.map(([state, n], i) => ({ color: state, n, title: words[i] }))
  return (
    <section class="hero" id="summary">
      <p class="eyebrow">
        {run.run !== '' && <span class="mono">{visibleText(run.run)} · </span>}
        {run.started !== undefined && dateOf(run.started)}
        {run.host !== undefined && <> · {visibleText(run.host)}</>}
      </p>
      <h1>
        <bdi>{visibleText(run.name)}</bdi> <span class={`pill ${mood}`}>{visibleText(text)}</span>
      </h1>
      {run.state === 'killed' && view.attempts > 0 && (
        <p class="note">
          The last line of its log is of {momentOf(view.end, view.end)}: what came after it is not known.
        </p>
      )}
      {run.state === 'running' && !isLive && (
        <p class="note">The run still goes on: this is how it stood at {momentOf(view.end, view.end)}.</p>
      )}
      <Figures view={view} left={left} />
      {parts.length > 0 && (
        <Parts
          className="outcome"
          parts={colored}
          total={parts.reduce((sum, [, n]) => sum + n, 0)}
          label={words.join(', ')}
        />
      )}
      <ul class="legend">
        {parts.map(([state], i) => (
          <li>
            <Sign state={state} />
            {words[i]}
          </li>
        ))}
      </ul>
      {insights.length > 0 && (
        <div class="said">
          <h2>What stands out</h2>
          <ol>
            {insights.map(({ text: sentence, to }) => (
              <li>
                <a href={`#${to}`}>{visibleText(sentence)}</a>
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  )
}

function Figures({ view, left }: { readonly view: View; readonly left: number }): VNode {
  const { run, states, lanes, lengths, end, busy, attempts, recovered } = view
  const good = states.ok + states.cached
  const bad = failedCount(view)
  const total = run.total ?? good + bad + states.aborted + states.skipped + left
  const slots = lanes.reduce((sum, lane) => sum + lane.of, 0)
  const seconds = end / 1_000
  return (
    <dl class="tiles">
      <Tile name="succeeded" value={count(good)} more={`of ${count(total)}`} />
      <Tile name="failed" value={count(bad)} more={percent(bad / Math.max(1, total))} isBad={bad > 0} />
      <Tile name="took" value={time(end)} more={`${time(busy)} of work`} />
      <Tile name="finished" value={seconds > 0 ? rate((good + bad) / seconds) : '–'} more="on the average" />
      {view.hasSlots && slots > 0 && end > 0 && (
        <>
          <Tile name="speed" value={`${(busy / end).toFixed(1)}×`} more={`one worker, of ${slots}`} />
          <Tile
            name="workers busy"
            value={percent(Math.min(1, busy / (end * slots * run.concurrency)))}
            more="of the time"
          />
        </>
      )}
      {lengths.n > 0 && <Tile name="median" value={time(lengths.p50)} more={`99 % in ${time(lengths.p99)}`} />}
      <Tile name="attempts" value={count(attempts)} more={`${count(recovered)} saved by a retry`} />
      {run.skipped > 0 && (
        <Tile name="left out" value={count(run.skipped)} more={`${many(run.skipped, 'input')} done before`} />
      )}
    </dl>
  )
}

/** Inputs of which nothing is known. */
function leftOf(view: View): number {
  const { run, states } = view
  const known = states.ok + states.cached + states.skipped + states.aborted + failedCount(view)
  return Math.max(0, (run.total ?? known) - known - run.skipped)
}

function dateOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
