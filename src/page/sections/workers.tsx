import type { VNode } from 'preact'

import { count, percent, size } from '../../view/format/numbers.ts'
import { momentOf } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { View } from '../../view/view.ts'
import { MemoryLines } from '../charts/memory-lines.tsx'
import { Parts } from '../charts/small-charts.tsx'
import { laneName } from '../page-data.ts'
import { Dot, Scroll } from './words.tsx'

/** Ends of one worker that are listed. */
const LISTED = 6

/** Workers: their tasks, their memory, and their ends. */
export function Workers({ view }: { readonly view: View }): VNode {
  const { lanes, end, events, memory, hasSlots, run } = view
  const died = lanes.reduce((sum, lane) => sum + lane.deaths, 0)
  const planned = events.filter((event) => event.planned).length
  const names = lanes.map((lane) => laneName(lane, hasSlots))
  const hasHosts = new Set(lanes.flatMap(({ host }) => host ?? [])).size > 1
  const hasMemory = memory.at.length > 1 && memory.lanes.some((bytes) => bytes.some((value) => value > 0))
  return (
    <section id="workers" class="card">
      <header>
        <h2>Workers</h2>
        <p>
          {lanes.length === 0 ? 'none had anything to do' : died === 0 ? 'none died' : `${count(died)} died`}
          {planned > 0 && `, ${count(planned)} replaced as planned`}
          {!hasSlots && lanes.length > 0 && '; this log does not tell which replaced which'}
        </p>
      </header>
      {hasMemory && (
        <>
          <h3>Memory</h3>
          <Scroll label="Memory over time">
            <MemoryLines at={memory.at} lanes={memory.lanes} end={end} names={names} />
          </Scroll>
        </>
      )}
      {lanes.length > 0 && (
        <Scroll label="The workers in figures">
          <table>
            <thead>
              <tr>
                <th>worker</th>
                {hasHosts && <th>host</th>}
                <th class="r">attempts</th>
                <th class="r">failures</th>
                <th>busy</th>
                <th class="r">most memory</th>
                <th class="third">ended</th>
              </tr>
            </thead>
            <tbody>
              {lanes.map((lane, i) => {
                const busy = Math.min(1, lane.busy / Math.max(1e-9, end * lane.of * run.concurrency))
                return (
                  <tr>
                    <td>
                      <Dot i={i} />
                      {names[i]?.replace('worker ', '')}
                    </td>
                    {hasHosts && <td>{visibleText(lane.host ?? '')}</td>}
                    <td class="r">{count(lane.tasks)}</td>
                    <td class={`r ${lane.failed > 0 ? 'bad' : 'dim'}`}>{count(lane.failed)}</td>
                    <td class="nowrap">
                      <Parts className="meter" parts={busy > 0 ? [{ color: 'ok', n: busy }] : []} total={1} />{' '}
                      {percent(busy)}
                    </td>
                    <td class="r">{lane.peak > 0 ? size(lane.peak) : '–'}</td>
                    <td>
                      {events
                        .filter((event) => event.lane === i)
                        .slice(0, LISTED)
                        .map((event) => (
                          <span class={`tag ${event.planned ? '' : 'bad'}`}>
                            {momentOf(event.at, end)} {visibleText(event.reason)}
                          </span>
                        ))}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}
