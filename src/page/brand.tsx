import type { VNode } from 'preact'

/** The mark of the pages, as a path. */
export const MARK = 'M3 6h13M3 11h18M3 16h9M3 21h15'

/** The mark with the name, for the head of a page. */
export function Brand(): VNode {
  return (
    <span class="brand">
      <svg viewBox="0 0 24 26" aria-hidden="true">
        <path d={MARK} />
      </svg>
      manyhands
    </span>
  )
}
