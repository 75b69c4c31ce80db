import type { StepRecord } from '../facts.ts'
import type { Clip } from './clip.ts'

/** What comes back from a worker of an item: what the steps made and did. */
export interface ItemState extends StepRecord {
  readonly clip: Clip
  /** Fields of the input that were dropped. */
  readonly dropped?: readonly string[]
}
