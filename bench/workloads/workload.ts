import type { MakeSystem } from '../systems/system.ts'

/** Numbers by name; the first one named in `main` is what systems are compared by. */
export type Figures = Readonly<Record<string, number>>

/** Something to measure, in a process of its own for each system. */
export interface Workload {
  readonly title: string
  /** The figure that counts, and whether more of it is better. */
  readonly main: string
  readonly better: 'more' | 'less'
  readonly systems: readonly string[]
  measure(makeSystem: MakeSystem, name: string): Promise<Figures>
}

export const POOLS: readonly string[] = [
  'manyhands threads',
  'manyhands processes',
  'piscina',
  'tinypool',
  'workerpool',
  'poolifier',
]
export const ALL: readonly string[] = ['plain loop', ...POOLS]
