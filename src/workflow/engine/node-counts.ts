/** How many items of a node are done. */
export interface NodeCounts {
  done: number
  failed: number
  /** Not run, because something that it needs failed. */
  skipped: number
}
