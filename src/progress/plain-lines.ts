import { printDirectly } from '../logs/print.ts'
import { writeQuietly } from '../util/quiet-write.ts'
import { factsLine, type ProgressLabels } from './progress-line.ts'
import type { ProgressDisplay, ProgressStream } from './progress-option.ts'

/** A line now and then: for pipes, files and CI. */
export function plainLines(stream: ProgressStream, { label, unit }: ProgressLabels, interval: number): ProgressDisplay {
  // Nothing but what a `ProgressStream` has is used.
  const target = stream as NodeJS.WritableStream & ProgressStream
  let last = ''
  const write = (text: string): void => {
    if (text !== last) writeQuietly(target, `[${label}] ${text}\n`)
    last = text
  }
  return {
    interval,
    update: (state) => write(factsLine(state, unit)),
    finish: (state) => write(factsLine(state, unit)),
    print: printDirectly,
  }
}
