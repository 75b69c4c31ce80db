import type { VNode } from 'preact'

import { count, many } from '../../view/format/numbers.ts'
import { momentOf } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { KindView, View } from '../../view/view.ts'
import { Spark } from '../charts/small-charts.tsx'
import { laneName } from '../page-data.ts'
import { Command, failedCount, Input, STATE_WORDS, Task } from './words.tsx'

/** Workers that are named one by one. */
const NAMED = 6

/** Failures: a line for each kind, which opens. */
export function Failures({ view }: { readonly view: View }): VNode {
  const { kinds, recovered, run, otherFailures } = view
  const failed = failedCount(view)
  const failing = kinds.filter((kind) => kind.failed > 0).length
  return (
    <section id="failures" class="card">
      <header>
        <h2>Failures</h2>
        <p>
          {failed === 0 ? 'No input failed' : `${many(failed, 'input')} in ${many(failing, 'kind')}`}
          {recovered > 0 && `, ${count(recovered)} succeeded when tried again`}
          {failed > 0 && run.run !== '' && (
            <>
              {' · again: '}
              <Command>manyhands retry {visibleText(run.run)}</Command>
            </>
          )}
        </p>
      </header>
      {kinds.map((kind, i) => (
        <Kind kind={kind} number={i} view={view} />
      ))}
      {otherFailures > 0 && <p class="note">and {many(otherFailures, 'attempt')} of other kinds</p>}
    </section>
  )
}

interface KindProps {
  readonly kind: KindView
  readonly number: number
  readonly view: View
}

function Kind({ kind, number, view }: KindProps): VNode {
  const { failed, recovered, tries, first, last, step, state, name, what, samples } = kind
  const run = visibleText(view.run.run)
  const at = (ms: number): string => momentOf(ms, view.end)
  const between = tries === 1 ? `at ${at(first)}` : `between ${at(first)} and ${at(last)}`
  const [sample] = samples
  return (
    <details class="kind" open={number === 0 && failed > 0}>
      <summary>
        <span class={`n ${failed > 0 ? '' : 'none'}`}>{count(failed)}</span>
        <span class="title">
          <b>{visibleText(name)}</b> {visibleText(what)}
        </span>
        <span class="facts">
          {step !== undefined && <span class="tag">{visibleText(step)}</span>}
          {state !== 'failed' && <span class="tag">{STATE_WORDS[state]}</span>}
          {recovered > 0 && <span class="tag good">{count(recovered)} saved by a retry</span>}
        </span>
        <Spark values={kind.when} label={`${many(tries, 'time')} ${between}`} />
      </summary>
      <div class="inside">
        <p class="note">
          {many(tries, 'attempt')} {between} of {at(view.end)}
          {whereOf(kind, view)}.{' '}
          <button class="link" data-show={number} hidden>
            Show in the timeline
          </button>
        </p>
        <Stack text={kind.stack ?? `${name}: ${kind.message}`} />
        {samples.length > 0 && <Samples samples={samples} end={view.end} />}
        {failed > samples.length && run !== '' && (
          <p class="note">
            and {count(failed - samples.length)} more: <Command>manyhands status {run} --failed</Command>
          </p>
        )}
        {sample !== undefined && run !== '' && (
          <p class="note">
            Stop where it throws: <Command>{`manyhands debug ${run}#${sample.task}`}</Command>
          </p>
        )}
      </div>
    </details>
  )
}

function whereOf({ lanes }: KindView, view: View): string {
  if (lanes.length === 0) return ''
  if (lanes.length === view.lanes.length && lanes.length > 1) return ', on all workers'
  const names = lanes.slice(0, NAMED).map((lane) => {
    const about = view.lanes[lane]
    return about === undefined ? '' : laneName(about, view.hasSlots)
  })
  return `, on ${names.join(', ')}${lanes.length > NAMED ? ` and ${lanes.length - NAMED} more` : ''}`
}

function Samples({ samples, end }: Pick<KindView, 'samples'> & { readonly end: number }): VNode {
  return (
    <table>
      <caption>Inputs</caption>
      <tbody>
        {samples.map(({ task, input, tries, at, message }) => (
          <tr>
            <td>
              <Task n={task} />
            </td>
            <td class="grow">
              <Input text={input} />
            </td>
            <td class="grow dim">{visibleText(message.split('\n', 1)[0]?.slice(0, 300) ?? '')}</td>
            <td class="r dim">{momentOf(at, end)}</td>
            <td class="r dim">{tries > 1 ? `${tries} tries` : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A stack, with the user's own frames told from those of packages and Node. */
function Stack({ text }: { readonly text: string }): VNode {
  const classOf = (line: string): string => {
    if (/node_modules|node:/.test(line)) return 'far'
    return /^\s+at /.test(line) ? 'near' : 'what'
  }
  return (
    <pre class="stack" tabIndex={0}>
      {text.split('\n').map((line) => (
        <span class={classOf(line)}>{`${visibleText(line)}\n`}</span>
      ))}
    </pre>
  )
}
