import type { VNode } from 'preact'

import type { View } from '../view/view.ts'
import { Brand } from './brand.tsx'
import { Cache, hasCache } from './sections/cache.tsx'
import { Environment } from './sections/environment.tsx'
import { Failures } from './sections/failures.tsx'
import { Lengths } from './sections/lengths.tsx'
import { Steps } from './sections/steps.tsx'
import { Summary } from './sections/summary.tsx'
import { Timeline } from './sections/timeline.tsx'
import { Workers } from './sections/workers.tsx'

/** All that a page shows, before its script runs. */
export function Page({ view }: { readonly view: View }): VNode {
  return (
    <>
      <a class="skip" href="#summary">
        To the report
      </a>
      <nav class="top" aria-label="Sections">
        <Brand />
        <SectionLinks view={view} />
        <button class="theme" hidden aria-label="Light or dark">
          ◐
        </button>
      </nav>
      <main>
        <Summary view={view} />
        <Timeline view={view} />
        <Details view={view} />
      </main>
    </>
  )
}

/** Links to the sections of a page. */
export function SectionLinks({ view }: { readonly view: View }): VNode {
  const links = [
    'Timeline',
    'Failures',
    ...(view.lengths.n > 0 ? ['Lengths'] : []),
    ...(view.steps.length > 1 ? ['Steps'] : []),
    'Workers',
    ...(hasCache(view) ? ['Cache'] : []),
    'Environment',
  ]
  return (
    <>
      {links.map((name) => (
        <a href={`#${name.toLowerCase()}`}>{name}</a>
      ))}
    </>
  )
}

/** The sections below the timeline. */
export function Details({ view }: { readonly view: View }): VNode {
  return (
    <>
      <Failures view={view} />
      <Lengths view={view} />
      <Steps view={view} />
      <Workers view={view} />
      <Cache view={view} />
      <Environment view={view} />
    </>
  )
}
