import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { batched, currentTask, task } from 'manyhands'

/** Functions that the workers of these tests are started with. */

export function double(value: number): number {
  return value * 2
}

/** A task type whose function is exported by it alone. */
export const factorize = task(function factorize(value: number) {
  return `factors of ${value}`
})

export async function slowly(value: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 2))
  return value * 2
}

export function spin(ms: number): { attempt: number; pid: number } {
  const until = performance.now() + ms
  while (performance.now() < until);
  return { attempt: currentTask().attempt, pid: process.pid }
}

/** Fails for some rows of a file. */
export function checked({ n, fails }: { readonly n: number; readonly fails?: true }): { readonly doubled: number } {
  if (fails) throw new Error(`row ${n} is wrong`)
  return { doubled: n * 2 }
}

/** Blocks its thread for so many milliseconds without keeping the processor busy. */
export function block(ms: number): number {
  Atomics.wait(NEVER, 0, 0, ms)
  return ms
}

const NEVER = new Int32Array(new SharedArrayBuffer(4))

/** Leaves a mark with each of its starts, and goes on when a file is there. */
export async function marked(value: number, folder: string): Promise<number> {
  writeFileSync(join(folder, `started-${value}-${process.pid}`), '')
  while (!existsSync(join(folder, 'go'))) await new Promise((resolve) => setTimeout(resolve, 5))
  return value
}

/** The processes that started a task of `marked`. */
export function starts(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('started-'))
    .map((name) => Number(name.split('-')[2]))
}

/** Writes down when it begins and ends, where all machines see it; does not end while the folder holds `hold`. */
export async function recorded(value: number | string, folder: string): Promise<Recorded> {
  const line = `${value} ${process.pid}\n`
  appendFileSync(join(folder, 'begun'), line)
  do await new Promise((resolve) => setTimeout(resolve, 20))
  while (existsSync(join(folder, 'hold')))
  appendFileSync(join(folder, 'ended'), line)
  return { value: Number(value), pid: process.pid, attempt: currentTask().attempt }
}

export interface Recorded {
  readonly value: number
  readonly pid: number
  readonly attempt: number
}

/** Which attempt it is, and which time. */
export async function dated(value: string): Promise<Dated> {
  await new Promise((resolve) => setTimeout(resolve, 10))
  return { value: Number(value), attempt: currentTask().attempt, date: Date.now() }
}

export interface Dated {
  readonly value: number
  readonly attempt: number
  readonly date: number
}

export function lengthOf(bytes: Uint8Array): number {
  return bytes.length
}

export function zeros(length: number): Uint8Array {
  return new Uint8Array(length)
}

export function environment(name: string): string | undefined {
  return process.env[name]
}

export function attempt(value: number): number[] {
  return [value, currentTask().attempt]
}

export function exitAlways(value: number): number {
  if (value >= 0) process.exit(7)
  return value
}

/** Makes its process stand still, watchdog and all. */
export function selfPid(): number {
  return process.pid
}

/** No function: it must never be run by a name that a client sends. */
export const secret = 'none of your business'

interface RowOfMany {
  readonly n: number
  readonly how: 'runs' | 'throws' | 'exits'
}

/** Is called with many rows; does not survive some of them. */
export const rowsTogether = batched(
  (rows: RowOfMany[]) => {
    if (rows.some(({ how }) => how === 'exits')) process.exit(3)
    if (rows.some(({ how }) => how === 'throws')) throw new RangeError('a bad row')
    return rows.map(({ n }) => ({ n, together: rows.length }))
  },
  { size: 32 },
)

/** The accumulator of a reduction: the sum of its inputs, and their numbers in order. */
export interface Sums {
  readonly sum: number
  readonly text: string
}

export function noSums(): Sums {
  return { sum: 0, text: '' }
}

/**
 * Adds an input. A negative one ends its process. If there is a folder, the first input of each process waits there until it
 * holds `go`, and every 97th ends the process that adds it first.
 */
export async function addedOrKilled(sums: Sums, [index, value]: [number, number], folder: string): Promise<Sums> {
  if (index < 0) process.exit(3)
  if (folder !== '') {
    writeFileSync(join(folder, `started-${index}-${process.pid}`), '')
    while (!existsSync(join(folder, 'go'))) await new Promise((resolve) => setTimeout(resolve, 5))
    if (index % 97 === 96 && isFirst(join(folder, `dead-${index}`))) process.exit(4)
  }
  return { sum: sums.sum + value, text: `${sums.text}${index},` }
}

function isFirst(file: string): boolean {
  try {
    writeFileSync(file, '', { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

export function togetherInOrder(a: Sums, b: Sums): Sums {
  return { sum: a.sum + b.sum, text: a.text + b.text }
}
