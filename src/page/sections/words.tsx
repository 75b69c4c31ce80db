import type { ComponentChildren, VNode } from 'preact'

import { visibleText } from '../../view/format/visible-text.ts'
import type { View, ViewState } from '../../view/view.ts'
import { flagPath } from '../shapes.ts'

/** Words for states; `left`: inputs that were not done. */
export const STATE_WORDS: Readonly<Record<ViewState | 'left', string>> = {
  ok: 'succeeded',
  cached: 'from the cache',
  skipped: 'left out',
  failed: 'failed',
  timeout: 'timed out',
  crashed: 'lost their worker',
  aborted: 'stopped',
  left: 'not done',
}

/** An input, which may hold anything. */
export function Input({ text }: { readonly text: string }): VNode {
  return <bdi class="input">{visibleText(text)}</bdi>
}

/** The number of a task, as a link into the timeline. */
export function Task({ n }: { readonly n: number }): VNode {
  return (
    <a class="task" href={`#task-${n}`}>
      #{n}
    </a>
  )
}

/** A command to copy. */
export function Command({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <code class="copy" title="Click to copy">
      {children}
    </code>
  )
}

export function Dot({ i }: { readonly i: number }): VNode {
  return <i class={`dot c${i % 8}`} />
}

/** The sign of a state in a legend: those of failures are flags, as in the timeline. */
export function Sign({ state }: { readonly state: ViewState | 'left' }): VNode {
  if (state !== 'failed' && state !== 'timeout' && state !== 'crashed')
    return <i class={state === 'cached' ? 'cached hatched' : state} />
  return (
    <svg class={`sign ${state}`} viewBox="0 0 13 13" aria-hidden="true">
      <path d={flagPath(state, 6.5, 2, 9)} />
    </svg>
  )
}

/** A table that scrolls by itself where it is too wide. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ComponentChildren }): VNode {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  )
}

/** A figure with its name, and what explains it. */
export function Tile({
  name,
  value,
  more,
  isBad = false,
}: {
  readonly name: string
  readonly value: string
  readonly more: ComponentChildren
  readonly isBad?: boolean
}): VNode {
  return (
    <div class={isBad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>
        {value}
        <small>{more}</small>
      </dd>
    </div>
  )
}

/** Tasks that failed in the end. */
export function failedCount({ states }: View): number {
  return states.failed + states.timeout + states.crashed
}
