// The length of every word, times every factor: a workflow of two nodes, with a cache.
//
//   node examples/word-lengths.ts            (twice: the second time nothing is computed)
//   manyhands plan examples/word-lengths.ts#workflow
import { Cache } from 'manyhands/cache'
import { apply, join, type WorkflowNode } from 'manyhands/workflow'

const length = apply((word: string) => word.length, { name: 'length' })
const multiply = join((a: number, b: number) => a * b, { name: 'multiply' })

/** Declares what is to be computed; nothing runs yet. */
export const workflow: WorkflowNode<number> = multiply(length(['a', 'bc', 'def']), [1, 2])

/** Runs it on three workers. What was computed before is taken from the cache. */
export async function main(folder: string): Promise<{ results: number[]; computed: number; cached: number }> {
  const run = workflow.run({ workers: 3, cache: new Cache(folder) })
  const results = await run
  const { done, cached } = run.stats()
  return { results, computed: done - cached, cached }
}

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].replaceAll('\\', '/'))) {
  console.log(JSON.stringify(await main(process.argv[2] ?? '.manyhands/cache')))
}
