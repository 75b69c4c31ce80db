import { printDirectly } from '../logs/print.ts'
import { factsLine, type ProgressLabels } from './progress-line.ts'
import type { ProgressDisplay, ProgressStream } from './progress-option.ts'

/** A line now and then: for pipes, files and CI. */
export function plainLines(stream: ProgressStream, { label, unit }: ProgressLabels, interval: number): ProgressDisplay {
  let last = ''
  const write = (text: string): void => {
    if (text !== last) stream.write(`[${label}] ${text}\n`)
    last = text
  }
  return {
    interval,
    update: (state) => write(factsLine(state, unit)),
    finish: (state) => write(factsLine(state, unit)),
    print: printDirectly,
  }
}
