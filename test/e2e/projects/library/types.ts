import { map, Pool, type Results, type TaskError } from 'manyhands'
import { backendContract } from 'manyhands/testing'

const lengths: Results<number, string> = map(['a'], (text) => text.length)
const all: number[] = await lengths
const some: (number | TaskError)[] = await map(['a'], (text) => text.length, { onError: 'return' })
const one: number = await new Pool({ workers: 1 }).run(Math.sqrt, 4)
const suite: (make: () => 'threads') => Promise<void> = backendContract

// @ts-expect-error -- a text is no number
await map(['a'], (n: number) => n)

export { all, one, some, suite }
