import type { Debugger } from 'node:inspector'
import type { MessagePort } from 'node:worker_threads'

import { escapeLines } from '../../util/text/terminal-text.ts'
import type { Verdict } from '../failed-call.ts'
import type { ControllerStart, FromController, ToController } from '../messages.ts'
import { failureLines, formatPosition } from './layout.ts'
import { MainThread } from './main-thread.ts'
import { Prompt } from './prompt.ts'
import { type Frame, framesOf, placeOfThrow } from './stack-frames.ts'
import { Stack } from './stack.ts'
import type { Console } from './terminal.ts'

/**
 * The number of frames that are printed with their variables if there is no terminal, and of lines around each place.
 */
const PRINTED_FRAMES = 3
const AROUND_PRINTED = 1

/** Watches the throws of the main thread, and stops it at the one that a replay names. Lives for one failure. */
export class Controller {
  readonly #start: ControllerStart
  readonly #port: MessagePort
  readonly #console: Console
  #main: MainThread | undefined
  #stopped = false

  constructor(start: ControllerStart, port: MessagePort, console: Console) {
    this.#start = start
    this.#port = port
    this.#console = console
  }

  /** Reports that it is ready, or that debugging is not possible. */
  async run(): Promise<void> {
    // This also keeps the thread alive.
    this.#port.on('message', (message: ToController) => {
      if (message.type === 'end') this.#end()
      else void this.#cannotStop(message.why).then((verdict) => this.#decide(verdict))
    })
    try {
      this.#main = await MainThread.attach((paused) => this.#inTurn(paused))
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      this.#tell({ type: 'unavailable', why: message, denied: code === 'ERR_ACCESS_DENIED' })
      return this.#end()
    }
    this.#tell({ type: 'ready' })
  }

  #inTurn(paused: Debugger.PausedEventDataType): void {
    this.#onThrow(paused).catch(async (error: unknown) => {
      // If anything fails here, the main thread must still be released.
      this.#console.write(`the debugger failed: ${String(error)}\n`)
      await this.#main?.release()
      this.#decide('continue')
    })
  }

  async #onThrow(paused: Debugger.PausedEventDataType): Promise<void> {
    const main = this.#main as MainThread
    // In the inspector, the user steps.
    if (this.#stopped) return this.#start.mode === 'inspect' ? undefined : main.resume()
    const thrown = (paused.data ?? { type: 'undefined' }) as { readonly description?: string }
    if (!(await main.ask<boolean>('stopsAt', thrown, placeOfThrow(main, paused, this.#start.own)))) return main.resume()
    this.#stopped = true
    const now = thrown.description?.split('\n', 1)[0] ?? ''
    const frames = await framesOf(main, paused, this.#start.own)
    if (frames.every(({ internal }) => internal))
      return this.#goOn(main, await this.#cannotStop('no call of yours is on its way out of Node or manyhands', now))
    this.#say(failureLines(this.#failure(now), this.#console.paint))
    await this.#examine(main, new Stack(main, this.#console, frames))
  }

  /** Returns the description of the failure, with the value thrown now if it differs. */
  #failure(now: string): readonly string[] {
    const { failure, stack } = this.#start
    const isSame = stack === '' || now === '' || stack.split('\n', 1)[0] === now
    return isSame ? failure : [...failure, `this time ${escapeLines(now)}`]
  }

  async #examine(main: MainThread, stack: Stack): Promise<void> {
    switch (this.#start.mode) {
      case 'inspect':
        return this.#inspect(main, stack.frame(0))
      case 'print':
        await this.#print(stack)
        return this.#goOn(main, 'continue')
      case 'prompt':
        this.#say([''])
        return this.#goOn(main, await new Prompt(main, this.#console, stack).run())
    }
  }

  async #goOn(main: MainThread, verdict: Verdict): Promise<void> {
    await main.release()
    this.#decide(verdict)
  }

  async #print(stack: Stack): Promise<void> {
    const lines = stack.lines(-1)
    for (let number = 0; number < Math.min(PRINTED_FRAMES, stack.size); number++) {
      this.#say([lines[number] ?? ''])
      const about = [...(await stack.listing(number, AROUND_PRINTED)), ...(await stack.locals(number))]
      this.#say(about.map((line) => `    ${line}`))
    }
    this.#say(lines.slice(PRINTED_FRAMES))
  }

  /** Waits until someone has connected to the inspector and resumed. */
  async #inspect(main: MainThread, frame: Frame): Promise<void> {
    // From now on the user decides where to stop.
    await main.ignoreThrows()
    const address = new URL(await main.openInspector())
    this.#say([
      `  stopped at ${formatPosition(frame)}`,
      `  look at it with chrome://inspect, or node inspect ${address.host}; it goes on when that lets it`,
    ])
    this.#decide('continue')
  }

  /** Explains why there is no place to stop at, and asks for a decision. */
  async #cannotStop(why: string, now = ''): Promise<Verdict> {
    const { paint } = this.#console
    const { stack, mode } = this.#start
    const frames = stack.slice(Math.max(0, stack.indexOf('\n    at ')) + 1)
    this.#say([...failureLines(this.#failure(now), paint), `  cannot stop where it was thrown: ${why}`])
    if (frames !== '') this.#say([paint('dim', escapeLines(frames))])
    return mode === 'prompt' ? new Prompt(this.#main as MainThread, this.#console, undefined).run() : 'continue'
  }

  #end(): void {
    this.#console.close()
    this.#main?.detach()
    this.#port.close()
  }

  #decide(verdict: Verdict): void {
    this.#tell({ type: 'verdict', verdict })
  }

  #tell(message: FromController): void {
    this.#port.postMessage(message)
  }

  #say(lines: readonly string[]): void {
    this.#console.write(lines.map((line) => `${line}\n`).join(''))
  }
}
