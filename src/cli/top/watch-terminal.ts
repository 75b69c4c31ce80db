import { constants } from 'node:os'

import { Rate } from '../../progress/show-progress.ts'
import { paintFor } from '../../util/text/terminal-text.ts'
import { readLive, touchWatch } from '../runs/live-file.ts'
import { WatchedRun } from '../runs/watched-run.ts'
import { frameOf } from './frame.ts'
import { doneOf } from './head-lines.ts'
import { PrintedLines } from './printed-lines.ts'
import { RecentFailures } from './recent-failures.ts'
import { TerminalScreen } from './terminal-screen.ts'
import { afterKey, FIRST_STATE, type Panel, type TopData } from './top-state.ts'

/** Milliseconds between two frames, at least. */
const FRAME_MS = 250
/** Milliseconds between two looks at what runs just now. */
const LIVE_MS = 1_000
/** Milliseconds of each frame for reading the log. */
const READ_MS = 100

/**
 * Shows a run on the whole terminal until it has ended, or the person has seen enough. Resolves to the run as it was read,
 * and the exit code; then the terminal is as it was.
 */
export async function watchOnTerminal(
  run: string,
  panel: Panel,
): Promise<{ readonly watched: WatchedRun; readonly exitCode: number }> {
  const watch = new TerminalWatch(run, panel)
  const exitCode = watch.watched.isUnderWay ? await watch.show() : 0
  return { watched: watch.watched, exitCode }
}

class TerminalWatch {
  readonly watched: WatchedRun
  readonly #failures = new RecentFailures()
  readonly #printed: PrintedLines
  readonly #rate = new Rate()
  readonly #startedAt = performance.now()
  #data: TopData | undefined
  #version = -1
  #lookedAt = -Infinity
  #drawnAt = -Infinity
  #state = FIRST_STATE
  #exitCode: number | undefined
  #wake: () => void = () => {}

  constructor(run: string, panel: Panel) {
    this.watched = new WatchedRun(run, this.#failures)
    this.#printed = new PrintedLines(this.watched.record.run)
    this.#state = { ...FIRST_STATE, panel }
  }

  async show(): Promise<number> {
    const paint = paintFor(process.stdout)
    const screen = new TerminalScreen(process.stdout, process.stdin, {
      key: (key) => this.#pressed(key),
      redraw: () => this.#wake(),
      signal: (name) => this.#leave(128 + constants.signals[name]),
    })
    try {
      while (this.#exitCode === undefined) {
        const hasMore = this.#look()
        if (!hasMore && !this.watched.isUnderWay) break
        if (this.#data !== undefined) screen.draw(frameOf(this.#data, this.#state, screen, paint))
        this.#drawnAt = performance.now()
        await this.#pause()
      }
      return this.#exitCode ?? 0
    } finally {
      screen.close()
    }
  }

  /** Waits for the next frame; after a key for the end of this one at most. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FRAME_MS)
      this.#wake = () => {
        clearTimeout(timer)
        setTimeout(resolve, Math.max(0, FRAME_MS - (performance.now() - this.#drawnAt)))
      }
    })
  }

  #pressed(key: string): void {
    const next = afterKey(this.#state, key)
    if (next === 'quit') return this.#leave(0)
    this.#state = next
    this.#wake()
  }

  #leave(exitCode: number): void {
    this.#exitCode ??= exitCode
    this.#wake()
  }

  /** Reads what is new. Returns true if there is more. */
  #look(): boolean {
    const { watched } = this
    const now = performance.now()
    const isDue = now - this.#lookedAt >= LIVE_MS
    if (isDue) touchWatch(watched.record.run)
    const hasMore = watched.read(READ_MS)
    if (this.#state.isPaused && this.#data !== undefined) return hasMore
    if (this.#state.panel === 'logs') this.#printed.read()
    const isNew = watched.version !== this.#version
    this.#version = watched.version
    const view = isNew || this.#data === undefined ? watched.view() : this.#data.view
    const live = isDue || this.#data === undefined ? readLive(watched.record.run) : this.#data.live
    if (isDue) this.#lookedAt = now
    this.#data = {
      view,
      live,
      now: Date.now(),
      rate: hasMore ? 0 : this.#rate.at(now - this.#startedAt, doneOf({ view, live }).completed),
      failures: this.#failures.all,
      printed: this.#printed.all,
    }
    return hasMore
  }
}
