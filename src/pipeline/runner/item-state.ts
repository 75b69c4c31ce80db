import type { StepRecord } from '../facts.ts'
import type { Clip } from './clip.ts'

/** Marks a result as that of steps. No user's object has such a field by chance. */
export const STEP_NAMES = 'manyhands:steps'

/** What comes back from a worker of an item: what the steps made and did. */
export interface ItemState extends StepRecord {
  /** Where the caller knows nothing of the pipeline: the names of its steps. */
  readonly [STEP_NAMES]?: readonly string[]
  readonly clip: Clip
  /** Fields of the input that were dropped. */
  readonly dropped?: readonly string[]
}

/** A result that says itself that it is one of steps. */
export function namedState(value: unknown): (ItemState & { readonly [STEP_NAMES]: readonly string[] }) | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, STEP_NAMES)) return undefined
  return value as ItemState & { readonly [STEP_NAMES]: readonly string[] }
}
