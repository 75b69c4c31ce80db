import type { VNode } from 'preact'

import { count, percent } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { View } from '../../view/view.ts'
import { Graph } from '../charts/graph.tsx'
import { Shape } from '../charts/small-charts.tsx'
import { StepChain } from '../charts/step-chain.tsx'
import { Dot, Scroll } from './words.tsx'

/** Which step of a pipeline took the time. */
export function Steps({ view }: { readonly view: View }): VNode | null {
  const { steps, edges } = view
  const isGraph = edges !== undefined
  if (steps.length < 2) return null
  const total = steps.reduce((sum, step) => sum + step.sum, 0)
  const low = Math.min(...steps.map(({ bars }) => bars[0]?.[0] ?? Infinity), 1e6)
  const high = Math.max(...steps.map(({ bars }) => bars.at(-1)?.[1] ?? 0), low * 1.1)
  const chain = steps.map(({ name, sum, p50, failed }) => {
    const part = sum / Math.max(total, 1e-9)
    return { name: visibleText(name), share: percent(part), part, note: `½ in ${time(p50)}`, failed }
  })
  return (
    <section id="steps" class="card">
      <header>
        <h2>{isGraph ? 'Graph' : 'Steps'}</h2>
        <p>{time(total)} of work in all</p>
      </header>
      <Scroll label={isGraph ? 'Which function takes the results of which' : 'The steps one after the other'}>
        {isGraph ? <Graph nodes={chain} edges={edges} /> : <StepChain steps={chain} />}
      </Scroll>
      <Scroll label={isGraph ? 'The functions in figures' : 'The steps in figures'}>
        <table>
          <thead>
            <tr>
              <th>{isGraph ? 'function' : 'step'}</th>
              <th class="r">ran</th>
              <th class="r">failures</th>
              <th class="r">time</th>
              <th class="r">50 %</th>
              <th class="r">99 %</th>
              <th class="r">longest</th>
              <th class="third">{`${time(low)} … ${time(high)}`}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map(({ name, n, failed, sum, p50, p99, max, bars }, i) => (
              <tr>
                <td>
                  <Dot i={i} />
                  {visibleText(name)}
                </td>
                <td class="r">{count(n)}</td>
                <td class={`r ${failed > 0 ? 'bad' : 'dim'}`}>{count(failed)}</td>
                <td class="r">{time(sum)}</td>
                <td class="r">{time(p50)}</td>
                <td class="r">{time(p99)}</td>
                <td class="r">{time(max)}</td>
                <td>
                  <Shape bars={bars} low={low} high={high} mark={p50} color={`c${i % 8}`} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}
