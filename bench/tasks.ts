/** What the benchmarks run: the same functions for every system. */

export function noop(value: unknown): unknown {
  return value
}

/** Keeps the processor busy for so many rounds; about 1 ns each. */
export function spin(rounds: number): number {
  let x = 1
  for (let i = 0; i < rounds; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0
  return x & 1
}

/** Blocks its thread for so many milliseconds without keeping the processor busy. */
export function block(ms: number): number {
  Atomics.wait(NEVER, 0, 0, ms)
  return ms
}

const NEVER = new Int32Array(new SharedArrayBuffer(4))

/** Reads one number of every page of an array. */
export function touch(array: Float64Array): number {
  let sum = 0
  for (let i = 0; i < array.length; i += 512) sum += array[i] as number
  return sum
}

export default noop
