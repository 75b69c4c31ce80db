/** How much a store keeps. */
export interface Limits {
  /** Bytes on disk. */
  readonly maxBytes?: number | undefined
  /** Milliseconds since a result was stored. */
  readonly maxAge?: number | undefined
}
