import { printDirectly } from '../logs/print.ts'
import { writeQuietly } from '../util/quiet-write.ts'
import { factsLine, type ProgressLabels } from './progress-line.ts'
import type { ProgressDisplay } from './progress-option.ts'

/** A line now and then: for pipes, files and CI. */
export function plainLines(
  stream: NodeJS.WritableStream,
  { label, unit }: ProgressLabels,
  interval: number,
): ProgressDisplay {
  let last = ''
  const write = (text: string): void => {
    if (text !== last) writeQuietly(stream, `[${label}] ${text}\n`)
    last = text
  }
  return {
    interval,
    update: (state) => write(factsLine(state, unit)),
    finish: (state) => write(factsLine(state, unit)),
    print: printDirectly,
  }
}
