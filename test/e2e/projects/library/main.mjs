import { map, Pool, stateful, TaskError } from 'manyhands'

const factor = 3
const shown = { closure: await map([1, 2], (n) => n * factor) }

class Counter {
  count = 0

  call(step) {
    return (this.count += step)
  }
}

const pool = new Pool({ backend: 'processes', workers: 1 })
shown.class = await pool.map([1, 2, 3], stateful(Counter))
shown.builtin = await pool.run(Math.sqrt, 16)
await pool.close()

for await (const result of map(['{}', '{'], JSON.parse, { onError: 'return' })) {
  if (result instanceof TaskError) shown.failed = result.cause.name
}
console.log(JSON.stringify(shown))
