import { map, Pool, type Results, type TaskError } from 'manyhands'
import { Cache, type CacheStats } from 'manyhands/cache'
import { rows } from 'manyhands/files'
import { nats } from 'manyhands/nats'
import { type FailurePoint, pipeline } from 'manyhands/pipeline'
import { digest, htmlReport, type View } from 'manyhands/report'
import { telemetry } from 'manyhands/telemetry'
import { backendContract } from 'manyhands/testing'
import { source, type WorkflowNode } from 'manyhands/workflow'

const lengths: Results<number, string> = map(['a'], (text) => text.length)
const suite: (make: () => 'threads') => Promise<void> = backendContract

export async function use(): Promise<unknown> {
  const all: number[] = await lengths
  const some: (number | TaskError)[] = await map(['a'], (text) => text.length, { onError: 'return' })
  await using pool = new Pool({ workers: 1, backend: nats() })
  const one: number = await pool.run(Math.sqrt, 4)
  const stats: CacheStats = new Cache('cache').stats()
  const counts = digest()
  await pool.map([1], (n) => n, {
    observe: [counts, htmlReport((run) => `${run.name}.html`), telemetry({ spans: 'run' })],
  })
  const view: View | undefined = counts.view()
  const signal: AbortSignal = AbortSignal.timeout(1)
  await map(rows(new URL('file:///rows.jsonl')), (row) => row, { signal })
  const outcomes = await pipeline<{ a: number }>('sums')
    .step('b', ({ a }) => a + 1)
    .run([{ a: 1 }])
  // @ts-expect-error -- a text is no number
  await map(['a'], (n: number) => n)
  return [all, some, one, stats, view, outcomes, suite, source]
}

export type Point = FailurePoint<'b', { a: number }>
export type Node = WorkflowNode<number>
