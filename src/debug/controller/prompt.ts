import type { Verdict } from '../failed-call.ts'
import { type CommandName, COMMANDS, parseCommand } from './commands.ts'
import type { MainThread } from './main-thread.ts'
import type { Stack } from './stack.ts'
import type { Console } from './terminal.ts'

/** Lines before and after the current one: when a frame is shown, and for `list`. */
const AROUND_FRAME = 2
const AROUND_LIST = 5

/** The depth to which values are shown. */
const DEPTH = 4

/** The words that end the prompt. */
const VERDICTS: ReadonlySet<string> = new Set(['retry', 'continue', 'quit'] satisfies Verdict[])

/** Talks to the user at a throw until there is a decision. */
export class Prompt {
  readonly #main: MainThread
  readonly #console: Console
  /** Undefined if there was no place to stop at. */
  readonly #stack: Stack | undefined
  #frame = 0

  constructor(main: MainThread, console: Console, stack: Stack | undefined) {
    this.#main = main
    this.#console = console
    this.#stack = stack
  }

  async run(): Promise<Verdict> {
    if (this.#stack !== undefined) await this.#where(this.#stack)
    this.#say([this.#console.paint('dim', 'help lists the commands; anything else is evaluated here'), ''])
    for (;;) {
      await this.#offerWords()
      const line = await this.#console.ask(this.#console.paint('cyan', 'debug> '))
      if (line === undefined) return 'quit'
      const typed = parseCommand(line)
      if (typed === undefined) continue
      if (VERDICTS.has(typed.command)) return typed.command as Verdict
      await this.#obey(typed.command, typed.rest)
    }
  }

  async #obey(command: CommandName, rest: string): Promise<void> {
    if (command === 'help') return this.#help()
    const stack = this.#stack
    if (stack === undefined) return this.#say(['  there is no frame'])
    const number = rest === '' ? undefined : Number(rest)
    switch (command) {
      case 'where':
        return rest === 'all' ? this.#say(stack.allLines(this.#frame)) : this.#where(stack)
      case 'up':
        return this.#go(stack, this.#frame + (number ?? 1))
      case 'down':
        return this.#go(stack, this.#frame - (number ?? 1))
      case 'frame':
        return this.#go(stack, number ?? this.#frame)
      case 'list':
        return this.#say(await stack.listing(this.#frame, number ?? AROUND_LIST))
      case 'locals':
        return this.#say(await stack.locals(this.#frame))
      default:
        return this.#print(stack, rest)
    }
  }

  async #where(stack: Stack): Promise<void> {
    this.#say([...stack.lines(this.#frame), ''])
    await this.#showFrame(stack)
  }

  async #go(stack: Stack, to: number): Promise<void> {
    const last = stack.size - 1
    if (to < 0 || to > last) {
      const end = to < 0 ? 'this is where it threw' : 'this is the outermost call'
      this.#say([`  ${Math.min(Math.max(to, 0), last) === this.#frame ? end : `frames go from 0 to ${last}`}`])
      return
    }
    this.#frame = to
    this.#say([stack.lines(to)[to] ?? ''])
    await this.#showFrame(stack)
  }

  async #showFrame(stack: Stack): Promise<void> {
    this.#say([...(await stack.listing(this.#frame, AROUND_FRAME)), '', ...(await stack.locals(this.#frame)), ''])
  }

  async #print(stack: Stack, expression: string): Promise<void> {
    const { call } = stack.frame(this.#frame)
    if (call === undefined) return this.#say(['  it waits for the frame above: nothing can be evaluated here'])
    this.#console.onInterrupt(() => void this.#main.interrupt().catch(() => {}))
    try {
      const { value, failed } = await this.#main.evaluate(call.callFrameId, expression)
      stack.forget()
      const { colors, columns: width, paint } = this.#console
      if (failed) this.#say([paint('red', value.description?.split('\n', 1)[0] ?? String(value.value))])
      else this.#say([await this.#main.show(value, { depth: DEPTH, colors, width })])
    } catch (error) {
      this.#say([this.#console.paint('red', (error as Error).message)])
    } finally {
      this.#console.onInterrupt(undefined)
    }
  }

  #help(): void {
    const width = Math.max(...Object.values(COMMANDS).map(({ names: [, name = ''] }) => name.length))
    this.#say(
      Object.values(COMMANDS).map(({ names: [short = '', name = ''], does }) => {
        return `  ${this.#console.paint('cyan', short)}  ${name.padEnd(width)}  ${does}`
      }),
    )
  }

  async #offerWords(): Promise<void> {
    const variables = (await this.#stack?.variables(this.#frame)) ?? []
    this.#console.complete([...Object.keys(COMMANDS), ...variables.map(({ name }) => name)])
  }

  #say(lines: readonly string[]): void {
    this.#console.write(lines.map((line) => `${line}\n`).join(''))
  }
}
