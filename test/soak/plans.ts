import { map } from 'manyhands'

import type { Random } from './random.js'

/** What a task does. */
export interface Plan {
  readonly id: number
  readonly kind: 'number' | 'object' | 'bytes' | 'wait' | 'throw' | 'exit' | 'loop'
  readonly size: number
}

/** A task that loops is stopped after so many milliseconds; all others take far less. */
export const TIMEOUT_MS = 2_000

const HARMLESS: readonly Plan['kind'][] = ['number', 'number', 'number', 'object', 'object', 'bytes', 'wait', 'throw']

/**
 * So many plans, of which one or two may cost a worker. What runs in a worker at the same time as a loop has its time
 * run out, too: then there must be none.
 */
export function plansOf(random: Random, count: number, concurrency = 1): Plan[] {
  const plans = Array.from({ length: count }, (_, id): Plan => plan(random, id, random.pick(HARMLESS)))
  if (random.next() < 0.2) plans[random.whole(0, count - 1)] = plan(random, 0, 'exit')
  if (concurrency === 1 && random.next() < 0.1) plans[random.whole(0, count - 1)] = plan(random, 0, 'loop')
  return plans.map((one, id) => ({ ...one, id }))
}

function plan(random: Random, id: number, kind: Plan['kind']): Plan {
  const isLarge = random.next() < 0.02
  return { id, kind, size: random.whole(0, isLarge ? 2_000_000 : 2_000) }
}

export function carryOut({ id, kind, size }: Plan): unknown {
  switch (kind) {
    case 'number':
      return id * 7 + size
    case 'object':
      return { id, at: new Date(size), items: new Map([[id, ['x'.repeat(size % 100), BigInt(size)]]]) }
    case 'bytes':
      return new Uint8Array(size).fill(id % 256)
    case 'wait':
      return new Promise((resolve) => setTimeout(() => resolve(`waited ${id}`), size % 5))
    case 'throw':
      throw new RangeError(`${id} throws`)
    case 'exit':
      return process.exit(5)
    case 'loop':
      for (;;);
  }
}

/** The same without what the serial run cannot survive: there the outcome is known. */
function carryOutTamely(plan: Plan): unknown {
  if (plan.kind === 'exit') return 'MH_WORKER_CRASHED'
  return plan.kind === 'loop' ? 'MH_TASK_TIMEOUT' : carryOut(plan)
}

/** The outcomes that plans must have: values, and the codes of errors. */
export async function serialOutcomes(plans: readonly Plan[]): Promise<unknown[]> {
  return map(plans, carryOutTamely, { backend: 'serial', onError: (error) => error.code })
}
