import type { ReadStream, WriteStream } from 'node:tty'

import { keysOf } from './top-state.ts'

const CSI = '\u001B['
/** The alternate screen, without a cursor, in which long lines are cut. */
const ENTER = `${CSI}?1049h${CSI}?25l${CSI}?7l${CSI}2J`
const LEAVE = `${CSI}?7h${CSI}?25h${CSI}?1049l`
/** Between these the terminal shows nothing of what changes. */
const UPDATE = { begin: `${CSI}?2026h`, end: `${CSI}?2026l` }

/** The calls that a screen makes. */
export interface ScreenEvents {
  readonly key: (key: string) => void
  /** Called when all has to be drawn anew: another size, or the terminal was given back and taken again. */
  readonly redraw: () => void
  /** Called for a signal that ends the process. */
  readonly signal: (name: NodeJS.Signals) => void
}

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Jobs can be stopped and continued. */
const hasJobs = process.platform !== 'win32'

/**
 * Takes a terminal over: the alternate screen, and keys as they are pressed. Gives both back when it is closed, at the
 * exit of the process however it comes, and while the process is stopped (Ctrl-Z).
 */
export class TerminalScreen {
  readonly #out: WriteStream
  readonly #in: ReadStream | undefined
  readonly #events: ScreenEvents
  #shown: readonly string[] = []
  #isTaken = false
  #isOpen = true
  readonly #handlers: readonly (readonly [signal: NodeJS.Signals, handler: () => void])[]
  readonly #onExit = (): void => this.#giveBack()
  readonly #onResize = (): void => this.#redraw()
  readonly #onData = (bytes: Buffer): void => this.#pressed(bytes.toString())

  constructor(out: WriteStream, input: ReadStream, events: ScreenEvents) {
    this.#out = out
    this.#in = input.isTTY ? input : undefined
    this.#events = events
    this.#handlers = [
      ...ENDING.map((signal) => [signal, () => events.signal(signal)] as const),
      ...(hasJobs
        ? ([
            ['SIGTSTP', () => this.#stop()],
            ['SIGCONT', () => this.#continue()],
          ] as const)
        : []),
    ]
    for (const [signal, handler] of this.#handlers) process.on(signal, handler)
    process.on('exit', this.#onExit)
    out.on('resize', this.#onResize)
    // A terminal that is gone is told by a signal; what cannot be written any more is no error of its own.
    out.on('error', () => {})
    this.#take()
  }

  get columns(): number {
    return this.#out.columns || 80
  }

  get rows(): number {
    return this.#out.rows || 24
  }

  /** Shows lines, from the top. Writes only those that differ from what is there. */
  draw(lines: readonly string[]): void {
    if (!this.#isTaken || this.#out.writableNeedDrain) return
    let changes = ''
    for (let row = 0; row < Math.max(lines.length, this.#shown.length); row++)
      if (lines[row] !== this.#shown[row]) changes += `${CSI}${row + 1};1H${CSI}0m${lines[row] ?? ''}${CSI}K`
    this.#shown = lines
    if (changes !== '') this.#out.write(`${UPDATE.begin}${changes}${UPDATE.end}`)
  }

  /** Gives the terminal back for good. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#giveBack()
    for (const [signal, handler] of this.#handlers) process.off(signal, handler)
    process.off('exit', this.#onExit)
    this.#out.off('resize', this.#onResize)
  }

  #take(): void {
    if (this.#isTaken) return
    this.#isTaken = true
    this.#shown = []
    this.#out.write(ENTER)
    if (this.#in === undefined) return
    this.#in.setRawMode(true)
    this.#in.on('data', this.#onData)
    this.#in.resume()
  }

  #giveBack(): void {
    if (!this.#isTaken) return
    this.#isTaken = false
    try {
      this.#in?.off('data', this.#onData)
      this.#in?.pause()
      this.#in?.setRawMode(false)
      this.#out.write(LEAVE)
    } catch {
      // The terminal is gone.
    }
  }

  #redraw(): void {
    this.#shown = []
    if (this.#isTaken) this.#out.write(`${CSI}2J`)
    this.#events.redraw()
  }

  #pressed(text: string): void {
    for (const key of keysOf(text)) {
      // The whole job stops, as by the terminal itself, which does not see keys now.
      if (key === '\u001A' && hasJobs) process.kill(0, 'SIGTSTP')
      else this.#events.key(key)
    }
  }

  #stop(): void {
    this.#giveBack()
    process.kill(process.pid, 'SIGSTOP')
  }

  #continue(): void {
    if (!this.#isOpen) return
    this.#take()
    this.#events.redraw()
  }
}
