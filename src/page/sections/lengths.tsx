import type { VNode } from 'preact'

import { time } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import { VIEW_STATES, type View } from '../../view/view.ts'
import { Histogram } from '../charts/histogram.tsx'
import { Parts } from '../charts/small-charts.tsx'
import { Input, Task } from './words.tsx'

const SHOWN = 8
const FIRST_BAD = VIEW_STATES.indexOf('failed')

/** The times that tasks took, and the slowest. */
export function Lengths({ view }: { readonly view: View }): VNode | null {
  const { lengths, slowest } = view
  if (lengths.n === 0) return null
  const { sum, n, p50, p90, p99, max } = lengths
  const marks = [
    ['50 %', p50],
    ['90 %', p90],
    ['99 %', p99],
    ['longest', max],
  ] as const
  return (
    <section id="lengths" class="card two">
      <div>
        <header>
          <h2>How long tasks took</h2>
          <p>mean {time(sum / n)}; heights are square roots, so that rare ones are seen</p>
        </header>
        <Histogram bars={lengths.bars} marks={marks} />
      </div>
      <div>
        <header>
          <h2>The slowest</h2>
        </header>
        <table>
          <tbody>
            {slowest.slice(0, SHOWN).map((row) => (
              <Slow view={view} row={row} longest={view.singles.ms[slowest[0] ?? 0] ?? 1} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Slow({ view, row, longest }: { readonly view: View; readonly row: number; readonly longest: number }): VNode {
  const { singles, steps } = view
  const [ms, attempt, state] = [singles.ms[row] ?? 0, singles.attempt[row] ?? 1, singles.state[row] ?? 0]
  const parts = steps.flatMap(({ name }, s) => {
    const n = singles.steps[s]?.[row] ?? 0
    return n > 0 ? [{ color: `c${s % 8}`, n, title: `${visibleText(name)} ${time(n)}` }] : []
  })
  const isBad = state >= FIRST_BAD
  return (
    <tr>
      <td>
        <Task n={singles.task[row] ?? 0} />
      </td>
      <td class="grow">
        <Input text={singles.input[row] ?? ''} />
        <Parts
          className="split"
          parts={parts.length > 0 ? parts : [{ color: VIEW_STATES[state] ?? 'ok', n: ms }]}
          total={longest}
        />
      </td>
      <td class="r">{time(ms)}</td>
      <td class="r dim opt">
        {isBad && <span class="bad">✕ </span>}
        {attempt > 1 && `try ${attempt}`}
      </td>
    </tr>
  )
}
