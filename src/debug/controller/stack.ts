import type { Debugger, Runtime } from 'node:inspector'

import { frameLine, listing, frameName, variableLines } from './layout.ts'
import type { MainThread } from './main-thread.ts'
import { type Frame, sourceLines } from './stack-frames.ts'
import type { Console } from './terminal.ts'

/** The number of variables of a frame that are shown. */
const MAX_VARIABLES = 40

/** The frames at a throw, with their variables and source lines. */
export class Stack {
  readonly #main: MainThread
  readonly #console: Console
  readonly #frames: readonly Frame[]
  /** All frames, including hidden ones. */
  readonly #all: readonly Frame[]
  readonly #variables = new Map<Frame, readonly Variable[]>()

  /** Shown frames are numbered; those of Node and of this package are hidden. */
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

  /** Formats the stack. */
  lines(selected: number): string[] {
    return this.#linesOf(this.#frames, selected)
  }

  /** Formats the stack with hidden frames. */
  allLines(selected: number): string[] {
    return this.#linesOf(this.#all, this.#all.indexOf(this.frame(selected)))
  }

  #linesOf(frames: readonly Frame[], selected: number): string[] {
    const { paint } = this.#console
    const width = Math.min(40, Math.max(...frames.map((frame) => frameName(frame).length)))
    return frames.map((frame, number) => frameLine(frame, number, number === selected, width, paint))
  }

  /** Formats the lines of the file around a frame's position. */
  async listing(number: number, around: number): Promise<string[]> {
    const source = await sourceLines(this.#main, this.frame(number))
    return source === undefined
      ? ['  its source is not available']
      : listing(source, around, this.#console.columns, this.#console.paint)
  }

  /** Returns the variables of a frame by name. */
  async variables(number: number): Promise<readonly Variable[]> {
    const frame = this.frame(number)
    let variables = this.#variables.get(frame)
    if (variables === undefined) {
      variables = frame.call === undefined ? [] : await variablesOf(this.#main, frame.call)
      this.#variables.set(frame, variables)
    }
    return variables
  }

  /** Drops the variables, which may have changed. */
  forget(): void {
    this.#variables.clear()
  }

  /** Formats the variables of a frame and their values, a line each. */
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

/** A variable that a frame sees. */
interface Variable {
  readonly name: string
  /** Undefined before its declaration was reached. */
  readonly value: Runtime.RemoteObject | undefined
  /** True if it belongs to a function around this one. */
  readonly captured: boolean
}

/** Variables that Node puts around each CommonJS module. */
const OF_MODULE = new Set(['exports', 'require', 'module', '__filename', '__dirname'])

const LOCAL = new Set(['local', 'block', 'catch', 'with', 'eval'])

/** Returns the variables of a frame: its own, inner blocks first, then those of functions around it. Each name once. */
async function variablesOf(main: MainThread, call: Debugger.CallFrame): Promise<Variable[]> {
  const variables = new Map<string, Variable>()
  if (isInstance(call.this)) variables.set('this', { name: 'this', value: call.this, captured: false })
  for (const { type, object } of call.scopeChain) {
    if ((!LOCAL.has(type) && type !== 'closure') || object.objectId === undefined) continue
    for (const { name, value } of await main.properties(object.objectId)) {
      const captured = type === 'closure'
      // Functions that it calls are in the file; the variables that it reads are worth showing.
      if (variables.has(name) || (captured && (value?.type === 'function' || OF_MODULE.has(name)))) continue
      variables.set(name, { name, value, captured })
    }
  }
  variables.delete('arguments')
  return [...variables.values()]
}

/** Returns true if `this` is an instance. In functions that are not methods, it is the global object or undefined. */
function isInstance({ type, className, description }: Runtime.RemoteObject): boolean {
  return type === 'object' && description !== undefined && className !== 'global' && description !== 'global'
}
