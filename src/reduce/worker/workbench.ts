import type { Accumulators } from './accumulators.ts'
import type { CallSite } from './call-site.ts'
import type { KeptAccumulators } from './kept-accumulators.ts'
import type { ReduceParts, ReducerData } from './parts.ts'

/** What a call of a reduction works with. */
export interface Workbench {
  readonly data: ReducerData
  readonly parts: ReduceParts
  readonly accumulators: Accumulators
  readonly kept: KeptAccumulators
  readonly site: CallSite
}

/** Returns the accumulator after a call: one that was changed in place need not be returned. */
export function resultOf(returned: unknown, before: unknown): unknown {
  return returned === undefined && typeof before === 'object' && before !== null ? before : returned
}
