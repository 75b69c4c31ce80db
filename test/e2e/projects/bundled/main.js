// Prints what comes of functions that travel from a bundle, as one line of JSON for each backend.
import { join } from 'node:path'

import { currentTask, map, stateful } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'

import { Point, scale } from './helper.js'

const offset = 10

class Counter {
  count = 0
  call(x) {
    return x + ++this.count
  }
}

async function results(backend) {
  const steps = await pipeline('p')
    .step('a', ({ input }) => scale(input))
    .run([1, 2], { backend })
  const [error] = await map(
    [1],
    () => {
      throw new RangeError('thrown in a task')
    },
    { backend, onError: 'return' },
  )
  return {
    closure: await map([1, 2], (x) => x + offset, { backend }),
    inlined: await map([1, 2], (x) => scale(x) + new Point(x).twice, { backend }),
    imported: await map([1, 2], scale, { backend }),
    builtin: await map(['a'], (x) => join(x, 'b'), { backend }),
    library: await map([1, 2], () => currentTask().index, { backend }),
    nested: await map([1], (x) => map([x], (y) => y + offset, { backend: 'serial' }), { backend }),
    stateful: await map([1, 2], stateful(Counter), { backend, workers: 1 }),
    pipeline: steps.map(({ clip }) => clip.a),
    thrown: String(error.cause.stack).split('\n').slice(0, 2),
  }
}

async function main() {
  for (const backend of ['threads', 'processes']) console.log(JSON.stringify(await results(backend)))
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`)
  process.exitCode = 1
})
