import { Component, createRef, type VNode } from 'preact'

import type { LiveView } from '../../view/live/messages.ts'
import type { Unpacked } from '../../view/pack/packed-view.ts'
import type { Shown } from '../browser/attempts.ts'
import { find } from '../browser/elements.ts'
import { startTimeline } from '../browser/page-actions.ts'
import type { Timeline as Stream } from '../browser/timeline/timeline.ts'
import { pageData } from '../page-data.ts'
import { Timeline, timelineNote } from '../sections/timeline.tsx'

/** A full bin of a lane. */
const FULL = 250

interface Props {
  readonly view: LiveView
  readonly tasks: Unpacked | undefined
  /** Called with the timeline when it is there, and when it is gone. */
  readonly onStart: (timeline: Stream | undefined) => void
}

/** The section of the timeline. Its inside is drawn by the timeline itself, and so never rendered again. */
export class TimelineHost extends Component<Props> {
  readonly #root = createRef<HTMLDivElement>()
  #timeline: Stream | undefined
  /** Its text is in the page unless an attempt is picked. */
  #note: HTMLElement | undefined
  #isHeld = false
  /** The changes that came while it was held. */
  #next: Props | undefined

  override shouldComponentUpdate(next: Props): boolean {
    if (this.#isHeld) this.#next = next
    else this.#update(next)
    return false
  }

  override componentDidMount(): void {
    const root = this.#root.current
    if (root === null) return
    this.#note = find('.detail .note', root)
    this.#timeline = startTimeline(find('#timeline', root), shownOf(this.props))
    this.props.onStart(this.#timeline)
    const stage = find('.stage', root)
    // A finger that is gone hovers no more.
    stage.addEventListener('pointerenter', ({ pointerType }) => this.#hold(pointerType === 'mouse'))
    stage.addEventListener('pointerleave', () => this.#hold(false))
  }

  override componentWillUnmount(): void {
    this.props.onStart(undefined)
  }

  override render({ view }: Props): VNode {
    return (
      <div ref={this.#root} class="host">
        <Timeline view={view} />
        <p class="held" hidden>
          paused while the pointer is here
        </p>
      </div>
    )
  }

  /** Lets nothing move under the pointer. */
  #hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    const root = this.#root.current
    if (root !== null) find('.held', root).hidden = !isHeld
    if (isHeld || this.#next === undefined) return
    this.#update(this.#next)
    this.#next = undefined
  }

  #update(props: Props): void {
    this.#timeline?.update(shownOf(props))
    if (this.#note !== undefined) this.#note.textContent = timelineNote(props.view)
  }
}

function shownOf({ view, tasks }: Props): Shown {
  const work = view.lanes.map((lane) => lane.work.map((series) => Float32Array.from(series, (share) => share / FULL)))
  return { ...pageData(view), tasks: { ...(tasks ?? NO_TASKS), work } }
}

const NO_TASKS: Unpacked = {
  n: 0,
  start: new Float64Array(),
  ms: new Float64Array(),
  task: new Float64Array(),
  lane: new Uint16Array(),
  attempt: new Uint16Array(),
  state: new Uint16Array(),
  failed: new Uint16Array(),
  steps: [],
  input: [],
  work: [],
}
