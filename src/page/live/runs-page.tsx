import type { VNode } from 'preact'

import { count, rate } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { RunRow } from '../../view/live/messages.ts'
import { Parts } from '../charts/small-charts.tsx'

/** The runs of a folder. */
export function RunsPage({ runs, folder }: { readonly runs: readonly RunRow[]; readonly folder: string }): VNode {
  const running = runs.filter(({ state }) => state === 'running').length
  return (
    <main id="main">
      <section class="hero">
        <p class="eyebrow mono">{visibleText(folder)}</p>
        <h1>
          Runs <span class="pill">{running === 0 ? 'none is running' : `${count(running)} running`}</span>
        </h1>
      </section>
      <section class="card">
        {runs.length === 0 ? (
          <p class="note">No run was begun in this folder yet. They will appear here.</p>
        ) : (
          <ul class="runs">
            {runs.map((run) => (
              <Run key={run.run} run={run} />
            ))}
          </ul>
        )}
      </section>
    </main>
  )
}

function Run({ run }: { readonly run: RunRow }): VNode {
  const { name, started, ended, ok = 0, failed = 0, rate: perSecond, state } = run
  const isKnown = run.ok !== undefined
  const total = Math.max(run.total ?? 0, ok + failed)
  const left = Math.max(0, total - ok - failed)
  const words = [
    `${count(ok)} ok${run.total === null ? '' : ` of ${count(run.total)}`}`,
    ...(perSecond !== undefined && state === 'running' ? [rate(perSecond)] : []),
  ]
  const parts = [
    { color: 'ok', n: ok },
    { color: 'failed', n: failed },
    { color: 'left', n: left },
  ].filter(({ n }) => n > 0)
  return (
    <li>
      <a href={`/run/${run.run}`} class="run">
        <b>
          <bdi>{visibleText(name)}</bdi>
        </b>
        <span class="mono dim">{run.run}</span>
      </a>
      <span class="state">
        <StateTag run={run} />
      </span>
      <span class="progress">
        {isKnown && total > 0 && <Parts className="meter wide" parts={parts} total={total} />}
        <span class="dim">
          {isKnown ? words.join(' · ') : 'not counted'}
          {failed > 0 && <span class="bad"> · {count(failed)} failed</span>}
        </span>
      </span>
      <span class="when dim">
        {dateOf(started)}
        {ended !== null && <> · took {time(ended - started)}</>}
      </span>
    </li>
  )
}

function StateTag({ run: { state, exitCode } }: { readonly run: RunRow }): VNode {
  if (state === 'running') return <span class="tag live">running</span>
  if (state === 'killed') return <span class="tag bad">✕ was killed</span>
  return exitCode === 0 ? <span class="tag good">✓ ended</span> : <span class="tag bad">✕ exit code {exitCode}</span>
}

function dateOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString('sv').slice(0, 16)
}
