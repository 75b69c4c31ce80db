import { clearLine, cursorTo } from 'node:readline'

import { MultiBar, type SingleBar } from 'cli-progress'

import { printDirectly } from '../logs/print.ts'
import { quietly, writeQuietly } from '../util/quiet-write.ts'
import { paintFor } from '../util/text/terminal-text.ts'
import { type ProgressLabels, progressLine } from './progress-line.ts'
import type { ProgressDisplay, ProgressState, ProgressStream } from './progress-option.ts'

const WRAP_LINES = { on: '\u001B[?7h', off: '\u001B[?7l' }

/** Opens a bar on a terminal, redrawn in place; other output goes above it. */
export function terminalBar(terminal: ProgressStream, labels: ProgressLabels, interval: number): ProgressDisplay {
  // Nothing but what a `ProgressStream` has is used.
  const stream = quietly(terminal as NodeJS.WritableStream & ProgressStream)
  const paint = paintFor(stream)
  // Without a terminal the library does not return to the beginning of the line.
  const atLineStart = stream.isTTY === true ? '' : '\r'
  const bars = new MultiBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    noTTYOutput: false,
    emptyOnZero: true,
    autopadding: false,
    gracefulExit: false,
    forceRedraw: true,
    fps: 1_000 / interval,
    format: (_options, _params, { state }) =>
      atLineStart + progressLine(state as ProgressState, labels, stream.columns ?? 80, paint),
  })
  let single: SingleBar | undefined
  let redraw: NodeJS.Immediate | undefined
  const show = (state: ProgressState): void => {
    single ??= bars.create(1, 0, { state })
    single.update({ state })
    bars.update()
  }
  // Only the bar itself must not wrap.
  const printAbove = (target: NodeJS.WritableStream, text: string): void => {
    cursorTo(stream, 0)
    clearLine(stream, 0)
    stream.write(WRAP_LINES.on)
    writeQuietly(target, text)
    stream.write(WRAP_LINES.off)
    redraw ??= setImmediate(() => {
      redraw = undefined
      bars.update()
    })
  }
  const lines = {
    stdout: new LineBuffer((text) => printAbove(process.stdout, text)),
    stderr: new LineBuffer((text) => printAbove(process.stderr, text)),
  }
  return {
    interval,
    update: show,
    finish: (state) => {
      show(state)
      if (redraw !== undefined) clearImmediate(redraw)
      bars.stop()
      if (stream.isTTY !== true) stream.write('\n')
      for (const name of ['stdout', 'stderr'] as const) {
        const rest = lines[name].rest()
        if (rest !== '') writeQuietly(process[name], rest)
      }
    },
    print: (name, text) => {
      // A stream that is not a terminal does not disturb the bar.
      if (single !== undefined && process[name].isTTY) lines[name].push(text)
      else printDirectly(name, text)
    },
  }
}

/** Hands text on in whole lines. */
export class LineBuffer {
  readonly #give: (lines: string) => void
  #rest = ''

  constructor(give: (lines: string) => void) {
    this.#give = give
  }

  push(text: string): void {
    const end = text.lastIndexOf('\n') + 1
    if (end === 0) {
      this.#rest += text
      return
    }
    const lines = this.#rest + text.slice(0, end)
    this.#rest = text.slice(end)
    this.#give(lines)
  }

  /** Takes the line that has not ended. */
  rest(): string {
    const rest = this.#rest
    this.#rest = ''
    return rest
  }
}
