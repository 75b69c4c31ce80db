import type { Console } from './console.ts'
import type { Frame } from './frames.ts'
import { frameLine, listing, nameOf, variableLines } from './layout.ts'
import type { MainThread } from './main-thread.ts'
import { sourceLines } from './source-lines.ts'
import { type Variable, variablesOf } from './variables.ts'

/** So many variables of a frame are shown. */
const MAX_VARIABLES = 40

/** The frames that a throw left behind, and what is to be seen in them. */
export class Stack {
  readonly #main: MainThread
  readonly #console: Console
  readonly #frames: readonly Frame[]
  /** With those that are not shown. */
  readonly #all: readonly Frame[]
  readonly #variables = new Map<Frame, readonly Variable[]>()

  /** Frames are told by numbers; those of Node and of this package have none. */
  constructor(main: MainThread, console: Console, all: readonly Frame[]) {
    this.#main = main
    this.#console = console
    this.#frames = all.filter(({ internal }) => !internal)
    this.#all = all
  }

  get size(): number {
    return this.#frames.length
  }

  frame(number: number): Frame {
    return this.#frames[number] as Frame
  }

  /** The stack in lines. */
  lines(selected: number): string[] {
    return this.#linesOf(this.#frames, selected)
  }

  /** The same with all frames. */
  allLines(selected: number): string[] {
    return this.#linesOf(this.#all, this.#all.indexOf(this.frame(selected)))
  }

  #linesOf(frames: readonly Frame[], selected: number): string[] {
    const { paint } = this.#console
    const width = Math.min(40, Math.max(...frames.map((frame) => nameOf(frame).length)))
    return frames.map((frame, number) => frameLine(frame, number, number === selected, width, paint))
  }

  /** The lines of the file around a frame's place. */
  async listing(number: number, around: number): Promise<string[]> {
    const source = await sourceLines(this.#main, this.frame(number))
    return source === undefined
      ? ['  its source is not there']
      : listing(source, around, this.#console.columns, this.#console.paint)
  }

  /** The variables of a frame, by name. */
  async variables(number: number): Promise<readonly Variable[]> {
    const frame = this.frame(number)
    let variables = this.#variables.get(frame)
    if (variables === undefined) {
      variables = frame.call === undefined ? [] : await variablesOf(this.#main, frame.call)
      this.#variables.set(frame, variables)
    }
    return variables
  }

  /** They may have been changed. */
  forget(): void {
    this.#variables.clear()
  }

  /** The variables of a frame and their values, a line each. */
  async locals(number: number): Promise<string[]> {
    if (this.frame(number).call === undefined) return ['  it waits for the frame above: its variables are not kept']
    const variables = await this.variables(number)
    if (variables.length === 0) return ['  no variables']
    const shown: { name: string; text: string; captured: boolean }[] = []
    for (const { name, value, captured } of variables.slice(0, MAX_VARIABLES)) {
      const text = value === undefined ? 'not yet initialised' : await this.#main.ask<string>('showBriefly', value)
      shown.push({ name, text, captured })
    }
    const lines = variableLines(shown, this.#console.columns, this.#console.paint)
    const rest = variables.length - shown.length
    return rest > 0 ? [...lines, `  and ${rest} more`] : lines
  }
}
