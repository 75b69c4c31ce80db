import type { VNode } from 'preact'

import { count } from '../../view/format/numbers.ts'
import { cutText } from '../../view/format/visible-text.ts'
import { tenth } from './scales.ts'

const GAP = 44
const HEIGHT = 60

export interface ChainStep {
  readonly name: string
  /** Its part of all time: as a text, and from 0 to 1. */
  readonly share: string
  readonly part: number
  readonly note: string
  readonly failed: number
}

/** Steps one after the other, as boxes with arrows between. */
export function StepChain({ steps }: { readonly steps: readonly ChainStep[] }): VNode {
  const width = Math.max(170, Math.min(250, 1_190 / steps.length - GAP))
  const whole = steps.length * (width + GAP) - GAP
  const label = `Steps: ${steps.map(({ name, share }) => `${name} ${share}`).join(', ')}`
  return (
    <svg class="graph" viewBox={`-1 -1 ${whole + 2} ${HEIGHT + 2}`} width={whole} role="img" aria-label={label}>
      {steps.map(({ name, share, part, note, failed }, i) => (
        <g transform={`translate(${i * (width + GAP)} 0)`}>
          {i > 0 && <path class="edge" d={`M${-GAP} ${HEIGHT / 2}h${GAP - 5}m-5 -4l5 4l-5 4`} />}
          <rect class="node" width={width} height={HEIGHT} rx="9" />
          <rect class={`fill c${i % 8}`} y={HEIGHT - 6} width={tenth(width * part)} height="6" rx="2" />
          <text class="strong" x="13" y="23">
            {cutText(name, 18)}
          </text>
          <text x="13" y="43">{`${share} of the time · ${note}`}</text>
          {failed > 0 && <text class="bad" x={width - 12} y="23" text-anchor="end">{`${count(failed)} ✕`}</text>}
        </g>
      ))}
    </svg>
  )
}
