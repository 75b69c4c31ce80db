import type { Stretch } from './inputs/stretch.ts'
import type { Merge } from './merge-tree.ts'
import type { Neighbours, Segment } from './segments.ts'
import type { ReduceCall, Sent } from './worker/messages.ts'

/** The purpose of a call. */
export type Purpose =
  | { readonly kind: 'add'; readonly stretch: Stretch; readonly at?: AtSegment | undefined }
  | { readonly kind: 'combine'; readonly merge: Merge; readonly at?: undefined; deaths: number }
  | { readonly kind: 'combine'; readonly merge?: undefined; readonly at: AtSegment & Neighbours; deaths: number }

/** The place of a call in an array. */
interface AtSegment {
  readonly a: Segment
  /** The name that its result is kept by. */
  readonly keep: number
}

/** Returns the call for a purpose. What `keeper` has kept is not sent along. */
export function callOf(purpose: Purpose, keeper: object | undefined): ReduceCall {
  const sent = ({ id, packed, holder }: Segment): Sent => ({
    id,
    packed: keeper !== undefined && holder === keeper ? undefined : packed,
  })
  if (purpose.kind === 'add') {
    const { stretch, at } = purpose
    if (at === undefined || stretch.deaths.probe !== undefined) return stretch.call()
    const onto = at.a.packed === undefined ? undefined : sent(at.a)
    return { ...stretch.call(), continued: { onto, keep: at.keep } }
  }
  const { merge } = purpose
  if (merge === undefined)
    return { kind: 'combine', a: sent(purpose.at.a), b: sent(purpose.at.b), keep: purpose.at.keep }
  return { kind: 'combine', a: { id: 0, packed: merge.a }, b: { id: 0, packed: merge.b }, keep: undefined }
}
