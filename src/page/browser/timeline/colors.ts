import { VIEW_STATES } from '../../../view/view.ts'

/** The colours of the page as they are now, light or dark. */
export interface Colors {
  readonly steps: readonly string[]
  readonly states: readonly string[]
  readonly ink: string
  readonly dim: string
  readonly line: string
  readonly lane: string
  readonly failed: string
  readonly card: string
  readonly accent: string
}

/** Computes colours: the values of custom properties are not resolved for light and dark. */
const probe = document.documentElement.appendChild(document.createElement('i'))
probe.hidden = true

export function currentColors(): Colors {
  return {
    steps: Array.from({ length: 8 }, (_, i) => colorOf(`c${i}`)),
    states: VIEW_STATES.map(colorOf),
    ink: colorOf('ink'),
    dim: colorOf('dim'),
    line: colorOf('line'),
    lane: colorOf('lane'),
    failed: colorOf('failed'),
    card: colorOf('card'),
    accent: colorOf('accent'),
  }
}

function colorOf(name: string): string {
  probe.style.color = `var(--${name})`
  return getComputedStyle(probe).color
}
