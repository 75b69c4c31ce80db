import assert from 'node:assert/strict'

export const sum = {
  initial: (): number => 0,
  add: (total: number, input: number): number => total + input,
  combine: (a: number, b: number): number => a + b,
}

export const texts = {
  initial: (): string[] => [],
  add: (list: string[], input: string): void => void list.push(input),
  combine: (a: string[], b: string[]): string[] => [...a, ...b],
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  return assert.fail('it did not reject')
}
