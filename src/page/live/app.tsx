import { Component, type VNode } from 'preact'

import { visibleText } from '../../view/format/visible-text.ts'
import type { LiveState, PackedAttempts } from '../../view/live/messages.ts'
import type { Unpacked } from '../../view/pack/packed-view.ts'
import { Brand } from '../brand.tsx'
import { readPacked } from '../browser/attempts.ts'
import { listenToPage } from '../browser/page-actions.ts'
import type { Timeline } from '../browser/timeline/timeline.ts'
import { SectionLinks } from '../document.tsx'
import { ClusterPage } from './cluster-page.tsx'
import { follow, type Link } from './connection.ts'
import { RunPage } from './run-page.tsx'
import { RunsPage } from './runs-page.tsx'

interface Shown {
  readonly link: Link
  readonly state?: LiveState | undefined
  readonly tasks?: Unpacked | undefined
}

const NO_TOKEN: Link = { is: 'refused', why: 'the token is missing: open the address that the command printed' }

/** The whole page: it finds out by the address what to show, and follows it. */
export class App extends Component<{ readonly token: string | undefined }, Shown> {
  override state: Shown = { link: { is: 'connecting' } }
  #subject = ''
  #stop = (): void => {}
  #timeline: Timeline | undefined

  override componentDidMount(): void {
    listenToPage(() => this.#timeline)
    addEventListener('popstate', () => this.#open())
    document.addEventListener('click', (event) => this.#onClick(event))
    this.#open()
  }

  override componentDidUpdate(): void {
    document.title = titleOf(this.state)
    if (this.state.state !== undefined) document.documentElement.dataset['ready'] = ''
  }

  override render(_: unknown, { link, state, tasks }: Shown): VNode {
    return (
      <>
        <a class="skip" href="#main">
          To the content
        </a>
        <nav class="top" aria-label="Pages">
          <Brand />
          <output class={`link ${link.is}`}>{LINKS[link.is]}</output>
          <a href="/">Runs</a>
          {state?.of === 'cluster' && <a href="/cluster">Cluster</a>}
          {state?.of === 'run' && <SectionLinks view={state.view} />}
          <button class="theme" aria-label="Light or dark">
            ◐
          </button>
        </nav>
        {'why' in link && (
          <p class="news" role="alert">
            {visibleText(link.why)}
          </p>
        )}
        {this.#content(state, tasks, link)}
      </>
    )
  }

  #content(state: LiveState | undefined, tasks: Unpacked | undefined, link: Link): VNode | null {
    switch (state?.of) {
      case 'run':
        return <RunPage view={state.view} live={state.live} tasks={tasks} onTimeline={this.#keepTimeline} />
      case 'runs':
        return <RunsPage runs={state.runs} folder={state.folder} />
      case 'cluster':
        return <ClusterPage cluster={state.cluster} />
      case 'problem':
        return (
          <main id="main">
            <p class="note" role="alert">
              {visibleText(state.problem)}
            </p>
          </main>
        )
      case undefined:
        return <main id="main">{link.is === 'refused' ? null : <p class="note">Reading …</p>}</main>
    }
  }

  readonly #keepTimeline = (timeline: Timeline | undefined): void => {
    this.#timeline = timeline
  }

  /** Follows what the address names. */
  #open(): void {
    const subject = location.pathname.slice(1) || 'runs'
    if (subject === this.#subject) return
    this.#subject = subject
    this.#stop()
    const { token } = this.props
    this.setState({ link: { is: 'connecting' }, state: undefined, tasks: undefined })
    if (token === undefined) return this.setState({ link: NO_TOKEN })
    let isCurrent = true
    const stop = follow(subject, token, {
      link: (link) => isCurrent && this.setState({ link }),
      state: (state) => this.setState({ state }),
      attempts: (attempts) => void unpacked(attempts).then((tasks) => isCurrent && this.setState({ tasks })),
    })
    this.#stop = () => {
      isCurrent = false
      stop()
    }
  }

  /** Goes to another page without loading it: the token is only here. */
  #onClick(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const href = link?.getAttribute('href') ?? ''
    if (!href.startsWith('/') || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    history.pushState(null, '', href)
    scrollTo(0, 0)
    this.#open()
  }
}

const LINKS: Readonly<Record<Link['is'], string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'lost',
  refused: 'refused',
  ended: 'ended',
}

function unpacked({ packed, unit, steps }: PackedAttempts): Promise<Unpacked> {
  return readPacked(packed, { unit, steps, lanes: 0, bins: 0 })
}

function titleOf({ state }: Shown): string {
  if (state?.of === 'runs') return 'runs · manyhands'
  if (state?.of === 'cluster') return `${visibleText(state.cluster.group)} · manyhands`
  if (state?.of !== 'run') return 'manyhands'
  const { run, states } = state.view
  const done = states.ok + states.cached + states.skipped + states.failed + states.timeout + states.crashed
  const share = run.state === 'running' && run.total ? `${Math.floor((done / run.total) * 100)} % ` : ''
  return `${share}${visibleText(run.name)} · manyhands`
}
