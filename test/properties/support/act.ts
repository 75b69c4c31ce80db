import { appendFileSync, existsSync, statSync } from 'node:fs'

import { currentTask } from 'manyhands'

/** What a task does before it gives its result. */
export interface Act {
  readonly id: number
  /** The file in which it counts what it did, across attempts and workers. */
  readonly file: string
  /** It throws so many times before it succeeds; -1: always. */
  readonly throws: number
  /** After that it ends its worker so many times before it succeeds; -1: always. */
  readonly exits: number
  /** Milliseconds that it waits, or keeps its worker busy. */
  readonly ms: number
  readonly how: 'at once' | 'waits' | 'works'
}

/** Does what is planned; the result is made of the input, as an object or as a number. */
export function act(plan: Act): unknown {
  return actAt(plan, currentTask().index)
}

function actAt(plan: Act, index: number): unknown {
  if (plan.how === 'waits')
    return new Promise((resolve) => setTimeout(resolve, plan.ms)).then(() => perform(plan, index))
  const until = performance.now() + plan.ms
  while (plan.how === 'works' && performance.now() < until);
  return perform(plan, index)
}

/** Does what several plans say, in one call. Some errors are returned in the place of a result, others end the call. */
export async function actTogether(plans: readonly Act[]): Promise<unknown[]> {
  const results: unknown[] = []
  const { indexes } = currentTask()
  for (const [i, plan] of plans.entries()) {
    try {
      results.push(await actAt(plan, indexes[i] ?? -1))
    } catch (error) {
      if (plan.id % 2 === 0) throw error
      results.push(error)
    }
  }
  return results
}

function perform(plan: Act, index: number): unknown {
  const { id, throws, exits } = plan
  if (throws < 0) throw new Error(`${id} throws`)
  if (exits < 0) return process.exit(5)
  const before = throws + exits === 0 ? 0 : count(plan)
  if (before < throws) throw new Error(`${id} throws ${before}`)
  if (before < throws + exits) return process.exit(5)
  return resultOf(plan, index)
}

/** How often it was here before. */
function count({ file }: Act): number {
  const before = existsSync(file) ? statSync(file).size : 0
  appendFileSync(file, '.')
  return before
}

/** What an input gives: numbers, objects and texts all take ways of their own. */
export function resultOf({ id }: Pick<Act, 'id'>, index: number): unknown {
  if (id % 3 === 0) return id * 7 + index
  return id % 3 === 1 ? { id, index, at: new Date(id) } : `${id} at ${index}`
}
