import { existsSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import { currentTask } from '../index.ts'

/** Functions that the contract suite runs by reference, as users export theirs. */

export function double(value: number): number {
  return value * 2
}

export function identity<T>(value: T): T {
  return value
}

export function add(a: number, b: number): number {
  return a + b
}

export async function later<T>(value: T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 1))
  return value
}

export function failOn(value: number, bad: number): number {
  if (value === bad) throw Object.assign(new RangeError(`bad ${value}`), { code: 'E_BAD' })
  return value
}

/** Fails until a file exists, which its first call makes. */
export function failFirst(file: string): number {
  if (existsSync(file)) return currentTask().attempt
  writeFileSync(file, '')
  throw new Error('not yet')
}

/** Says with one file that it runs, and returns when another exists. */
export async function waitFor(files: { readonly started: string; readonly release: string }): Promise<string> {
  writeFileSync(files.started, '')
  // A test that is over has taken its folder away.
  while (!existsSync(files.release) && existsSync(dirname(files.release)))
    await new Promise((resolve) => setTimeout(resolve, 2))
  return 'released'
}

/** Keeps its thread busy for some milliseconds. */
export function spin(ms: number): number {
  const until = performance.now() + ms
  while (performance.now() < until);
  return ms
}

/** Blocks for one input; returns the others at once. */
export function waitOn(input: string, slow: string, files: Parameters<typeof waitFor>[0]): string | Promise<string> {
  return input === slow ? waitFor(files) : input
}

/** Resolves after `ms` milliseconds; never if they are infinite. */
export async function wait(ms: number): Promise<number> {
  if (ms === Infinity) await never()
  return new Promise((resolve) => setTimeout(resolve, ms, ms))
}

export function never(): Promise<never> {
  return new Promise(() => {})
}

export function neverOn(value: number, bad: number): number | Promise<never> {
  return value === bad ? never() : value
}

export function spinForEver(): never {
  for (;;);
}

export function spinOn(value: number, bad: number): number {
  return value === bad ? spinForEver() : value
}

/** Keeps its thread busy for some milliseconds, but for one input waits for ever. */
export function spinUnless(ms: number, bad: number): number | Promise<never> {
  return ms === bad ? never() : spin(ms)
}

export function exitOn(value: number, bad: number): number {
  if (value === bad) process.exit(3)
  return value
}

export function describeTask(): { name: string; index: number; attempt: number; key: string; slot: number } {
  const { name, index, attempt, key, worker } = currentTask()
  return { name, index, attempt, key, slot: worker.slot }
}

export function print(text: string): string {
  console.log(text)
  return text
}

/** Prints some bytes one by one, and lets other tasks do the same in between. */
export async function printBytes(text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    process.stdout.write(Uint8Array.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Prints a text, all but the last byte of a character, and no more. */
export function printHalf(text: string): void {
  process.stdout.write(text)
  process.stdout.write(Buffer.from('€').subarray(0, 2))
}

/** Prints in each way, many times. */
export function printInTurns(times: number): void {
  for (let i = 0; i < times; i++) {
    console.log(`log ${i}`)
    console.warn(`warn ${i}`)
    process.stdout.write(`write ${i}\n`)
  }
}

/** Prints `count` lines at once. */
export function printLines(lines: number): number {
  for (let i = 0; i < lines; i++) console.log(`line ${i}`)
  return lines
}

/** Prints one text that has no line in it. */
export function printAtOnce(characters: number): void {
  process.stdout.write('😀'.repeat(characters / 2))
}

/** Prints some lines, and then ends its worker. */
export function printAndExit(lines: number): void {
  printLines(lines)
  process.exit(3)
}

/** Prints some lines, and then never ends. */
export function printAndSpin(lines: number): void {
  printLines(lines)
  for (;;);
}

/** Resolves to the number of callbacks when all writes have been taken. */
export async function writeWithCallbacks(times: number): Promise<number> {
  let called = 0
  await new Promise<void>((resolve) => {
    for (let i = 0; i < times; i++) {
      process.stdout.write('x', () => {
        if (++called === times) resolve()
      })
    }
  })
  return called
}

/** Waits for its signal, and creates a file when it fires. */
export async function awaitSignal(files: { readonly started: string; readonly aborted: string }): Promise<void> {
  const { signal } = currentTask()
  writeFileSync(files.started, '')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  writeFileSync(files.aborted, (signal.reason as Error).name)
}

export function awaitSignalUnless(
  input: Parameters<typeof awaitSignal>[0] | string,
  other: string,
): string | Promise<void> {
  return typeof input === 'string' ? other : awaitSignal(input)
}

/** Counts its calls. */
export class Counter {
  readonly start: number
  #calls = 0
  #ready = false

  constructor(start = 0) {
    this.start = start
  }

  async init(): Promise<void> {
    await Promise.resolve()
    this.#ready = true
  }

  call(value: number): { value: number; calls: number; ready: boolean; start: number } {
    return { value, calls: ++this.#calls, ready: this.#ready, start: this.start }
  }
}

/** Says with a file that it was closed. */
export class Closing {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  call(value: number): number {
    return value
  }

  close(): void {
    writeFileSync(this.file, 'closed')
  }
}

export class FailingInit {
  init(): void {
    throw new Error('no connection')
  }

  call(value: number): number {
    return value
  }
}

export function addOne(value: { n: number }): { n: number } {
  value.n++
  return value
}

const scratch: number[] = []

/** Gives the same array each time, with other contents. */
export function reuse(value: number): number[] {
  scratch.length = 0
  scratch.push(value)
  return scratch
}

/** Doubles of more than 64 KiB: arrays of this size are not copied like small ones. */
const LARGE = 10_000
const largeScratch = new Float64Array(LARGE)

/** Gives the same large array each time, with other contents: all of it, or a part. */
export function reuseLarge(value: number, from: number): Float64Array {
  return largeScratch.fill(value).subarray(from)
}

/** The same as parts of an object, after a while. */
export async function reuseLargeLater(
  value: number,
): Promise<{ all: Float64Array; same: Float64Array; bytes: Buffer }> {
  await later(value)
  const all = reuseLarge(value, 0)
  return { all, same: all, bytes: Buffer.from(all.buffer) }
}

export function functionOn(value: number, bad: number): unknown {
  return value === bad ? { items: [{ fn: () => value }] } : value
}

/** Fails at first, and then gives back the array that it got, in a copy of its own. */
export function secondTime(array: Float64Array): Float64Array {
  if (currentTask().attempt === 1) throw new Error('not yet')
  return array.map((x) => x)
}

export function sumOf(array: Float64Array): number {
  return array.reduce((sum, value) => sum + value, 0)
}

export class Temperature {
  readonly celsius: number

  constructor(celsius: number) {
    this.celsius = celsius
  }
}

export class TooCold extends Error {
  readonly celsius: number

  constructor(celsius: number) {
    super(`${celsius} °C is impossible`)
    this.celsius = celsius
  }
}

export function warmer(temperature: Temperature): Temperature {
  if (temperature.celsius < -273.15) throw new TooCold(temperature.celsius)
  return new Temperature(temperature.celsius + 1)
}

export const temperatureCodec = {
  name: 'contract/Temperature',
  encode: (one: Temperature): number => one.celsius,
  decode: (celsius: number): Temperature => new Temperature(celsius),
}

export const tooColdCodec = {
  name: 'contract/TooCold',
  encode: (one: TooCold): number => one.celsius,
  decode: (celsius: number): TooCold => new TooCold(celsius),
}

export function throwThis(value: unknown): never {
  // oxlint-disable-next-line no-throw-literal -- whatever is thrown shall come back
  throw value
}

export function environment(name: string): string | undefined {
  return process.env[name]
}

export async function mapInside(values: readonly number[]): Promise<number[]> {
  const { map } = await import('../index.ts')
  return map(values, double)
}

/** Functions of reductions. */

export function zero(): number {
  return 0
}

export function emptyList(): string[] {
  return []
}

/** Puts an input at the end of a list; throws after that for one. */
export function appended(list: string[], input: string, bad: string): void {
  list.push(input)
  if (input === bad) throw new RangeError(bad)
}

/** Puts an input at the end of a list; ends its process, or thread, for one. */
export function appendedOrExit(list: string[], input: string, bad: string): void {
  list.push(input)
  if (input === bad) process.exit(3)
}

export function joinedLists(a: string[], b: string[]): string[] {
  return [...a, ...b]
}

/** Adds a number; never does for one. */
export function slowlyAdded(total: number, input: number, bad: number): number | Promise<never> {
  return input === bad ? never() : total + input
}

/** Returns an accumulator that cannot travel. */
export function untold(): { readonly parts: readonly unknown[] } {
  return { parts: [{ fn: () => 1 }] }
}

export function unchanged<T>(accumulator: T): T {
  return accumulator
}

export class Totals {
  readonly #factor: number

  constructor(factor: number) {
    this.#factor = factor
  }

  initial(): number {
    return 0
  }

  add(total: number, input: number): number {
    return total + input * this.#factor
  }

  combine(a: number, b: number): number {
    return a + b
  }
}
