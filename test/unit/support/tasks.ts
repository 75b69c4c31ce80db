import { existsSync, writeFileSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'

const PAUSE = new Int32Array(new SharedArrayBuffer(4))

/** What a task leaves behind when it starts, and what it waits for. */
export interface Gate {
  readonly started: string
  readonly release: string
}

/** Keeps its worker blocked until a file exists. */
export function block({ started, release }: Gate): string {
  writeFileSync(started, '')
  while (!existsSync(release)) Atomics.wait(PAUSE, 0, 0, 2)
  return 'released'
}

/** The same for some of the inputs; others are their own result. */
export function blockOrPass(input: Gate | number): unknown {
  return typeof input === 'number' ? input : block(input)
}

/** Waits until a file exists, and leaves its worker free for others. */
export async function wait({ started, release }: Gate): Promise<string> {
  writeFileSync(started, '')
  while (!existsSync(release)) await new Promise((resolve) => setTimeout(resolve, 2))
  return 'released'
}

export function identity<T>(value: T): T {
  return value
}

export function double(x: number): number {
  return x * 2
}

export function touch(file: string): string {
  writeFileSync(file, '')
  return file
}

const counted = globalThis as { tasksHere?: number; initsHere?: number }

/** How many calls of it this worker has had. */
export function countHere(): number {
  return (counted.tasksHere = (counted.tasksHere ?? 0) + 1)
}

export function initHere(): void {
  counted.initsHere = (counted.initsHere ?? 0) + 1
}

export function initsHere(): number | undefined {
  return counted.initsHere
}

export function heapLimitMb(): number {
  return getHeapStatistics().heap_size_limit / 1024 / 1024
}

export function environment(name: string): string | undefined {
  return process.env[name]
}

/** Whether typed arrays came in shared memory, and what is in them. */
export function describeArrays(_: unknown, ...arrays: Uint8Array[]): [isShared: boolean, sum: number][] {
  return arrays.map((array) => [array.buffer instanceof SharedArrayBuffer, array.reduce((sum, byte) => sum + byte, 0)])
}
