import type { VNode } from 'preact'

import { size } from '../../view/format/numbers.ts'
import { cutText, visibleText } from '../../view/format/visible-text.ts'
import type { View } from '../../view/view.ts'
import { commandOf } from '../command-line.ts'
import { Command } from './words.tsx'

/** With what the run was made. */
export function Environment({ view: { run } }: { readonly view: View }): VNode {
  const env = run.env.map(([name, value]) => [name, name === 'memory' ? bytesOf(value) : value] as const)
  const facts: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['function', run.code === undefined ? undefined : cutText(run.code, 20)],
    ['backend', run.backend],
    ['workers', run.workers],
    ['host', run.host],
    ...env,
    ['exit code', run.exitCode],
    ['resumes', run.resumes],
    ...run.options.filter(([name]) => name !== 'workers'),
  ]
  return (
    <section id="environment" class="card">
      <header>
        <h2>Environment</h2>
      </header>
      {run.command !== undefined && (
        <p class="command">
          <Command>{visibleText(commandOf(run.command))}</Command>
        </p>
      )}
      <dl class="env">
        {facts
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <div>
              <dt>{visibleText(name)}</dt>
              <dd class="mono">{visibleText(String(value))}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}

function bytesOf(value: string): string {
  return /^\d+$/.test(value) ? size(Number(value)) : value
}
