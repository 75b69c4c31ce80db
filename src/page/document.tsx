import type { VNode } from 'preact'

import type { View } from '../view/view.ts'
import { Environment } from './sections/environment.tsx'
import { Failures } from './sections/failures.tsx'
import { Lengths } from './sections/lengths.tsx'
import { Steps } from './sections/steps.tsx'
import { Summary } from './sections/summary.tsx'
import { Timeline } from './sections/timeline.tsx'
import { Workers } from './sections/workers.tsx'

/** The mark of the page, as a path. */
export const MARK = 'M3 6h13M3 11h18M3 16h9M3 21h15'

/** All that a page shows, before its script runs. */
export function Page({ view }: { readonly view: View }): VNode {
  const links = [
    'Timeline',
    'Failures',
    ...(view.lengths.n > 0 ? ['Lengths'] : []),
    ...(view.steps.length > 1 ? ['Steps'] : []),
    'Workers',
    'Environment',
  ]
  return (
    <>
      <a class="skip" href="#summary">
        To the report
      </a>
      <nav class="top" aria-label="Sections">
        <span class="brand">
          <svg viewBox="0 0 24 26" aria-hidden="true">
            <path d={MARK} />
          </svg>
          manyhands
        </span>
        {links.map((name) => (
          <a href={`#${name.toLowerCase()}`}>{name}</a>
        ))}
        <button class="theme" hidden aria-label="Light or dark">
          ◐
        </button>
      </nav>
      <main>
        <Summary view={view} />
        <Timeline view={view} />
        <Failures view={view} />
        <Lengths view={view} />
        <Steps view={view} />
        <Workers view={view} />
        <Environment view={view} />
      </main>
    </>
  )
}
