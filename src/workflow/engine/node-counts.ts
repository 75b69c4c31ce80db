/** How many items of a node are done. */
export interface NodeCounts {
  done: number
  failed: number
  /** Of those that are done: not run, because their result was stored. */
  cached: number
  /** Not run, because something that it needs failed. */
  skipped: number
}
