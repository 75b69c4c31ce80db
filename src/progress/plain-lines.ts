import { printDirectly } from '../logs/print.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { facts, type ProgressLabels } from './progress-line.ts'

const INTERVAL_MS = 10_000

/** A line now and then: for pipes, files and CI. */
export function plainLines(
  stream: NodeJS.WritableStream,
  { label, unit }: ProgressLabels,
  interval: number = INTERVAL_MS,
): ProgressDisplay {
  let last = ''
  const write = (text: string): void => {
    if (text !== last) stream.write(`[${label}] ${text}\n`)
    last = text
  }
  return {
    interval,
    update: (state) => write(facts(state, unit)),
    finish: (state) => write(facts(state, unit)),
    print: printDirectly,
  }
}
