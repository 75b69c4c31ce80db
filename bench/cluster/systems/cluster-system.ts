/** A task of the cluster benchmarks, by name; see `bench/tasks.ts`. */
export type ClusterTask = 'noop' | 'spin'

/** A system with servers and workers of its own, ready for one task. */
export interface ClusterSystem {
  /** Runs all; resolves when every outcome is here. */
  all(inputs: readonly unknown[]): Promise<void>
  /** Runs one. */
  one(input: unknown): Promise<unknown>
  close(): Promise<void>
}

/** Starts a system with so many worker processes. */
export type MakeClusterSystem = (task: ClusterTask, workers: number) => Promise<ClusterSystem>
