import type { System } from '../systems/system.ts'

/** Tasks in flight where a system has no `map`: what code around a pool usually does. */
const IN_FLIGHT = 64

/** Runs a system over inputs; results come in order, each given to `check` with its number. */
export async function drive(
  system: System,
  inputs: Iterable<unknown>,
  check: (result: unknown, index: number) => void = () => {},
  inFlight = IN_FLIGHT,
): Promise<void> {
  if (system.map === undefined) return windowed(system, inputs, check, inFlight)
  let index = 0
  for await (const result of system.map(inputs)) check(result, index++)
}

async function windowed(
  system: System,
  inputs: Iterable<unknown>,
  check: (result: unknown, index: number) => void,
  inFlight: number,
): Promise<void> {
  const iterator = inputs[Symbol.iterator]()
  let index = 0
  const lane = async (): Promise<void> => {
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
      const at = index++
      check(await system.run(step.value), at)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}

export function* numbers(length: number): Generator<number, undefined> {
  for (let i = 0; i < length; i++) yield i
  return undefined
}

/** Runs something and says how long it took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
