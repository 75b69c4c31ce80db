// Measures capturing with many modules loaded: `node build/test/unit/capture/bench.js`.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deserialize, serialize } from 'node:v8'

import { revive } from '#manyhands/runtime/revive/revive.js'
import { capture } from '#manyhands/task/capture/capture.js'
import type { PortableGraph } from '#manyhands/wire/protocol/portable.js'

const MODULES = 2_000
const ROUNDS = 300

type Task = (x: number) => number

function median(times: readonly number[]): string {
  return `${(times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0).toFixed(3)} ms`
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const folder = await mkdtemp(join(tmpdir(), 'bench-'))
try {
  const files = Array.from({ length: MODULES }, (_, i) => join(folder, `m${i}.mjs`))
  const text = (i: number): string => `const table = new Map()\nexport function f(x) { return x + ${i} + table.size }\n`
  await Promise.all(files.map((file, i) => writeFile(file, text(i))))
  const modules = await Promise.all(files.map(async (file) => (await import(pathToFileURL(file).href)) as { f: Task }))
  const [first, second] = modules as [{ f: Task }, { f: Task }]

  const offset = 1
  const row = (name: string, value: string): void => console.log(`${name.padEnd(44)}${value}`)
  row('first closure', median([await timed(() => capture([(x: number) => x + offset]))]))
  row('first exported function', median([await timed(() => capture([first.f]))]))
  row('exported function of another module', median([await timed(() => capture([second.f]))]))
  const again = await timed(async () => {
    for (let i = 0; i < 10_000; i++) await capture([first.f])
  })
  row('exported function again', `${(again / 10).toFixed(2)} µs`)

  const table = new Map([['a', 1]])
  const helper = (x: number): number => x + (table.get('a') ?? 0)
  const times: number[] = []
  for (let k = 0; k < ROUNDS; k++) {
    const list = [k, k + 1]
    const fn = (x: number): number => helper(x) + k + (list[1] ?? 0)
    const time = await timed(async () => {
      const graph = deserialize(serialize(await capture([fn]))) as PortableGraph
      const { functions } = await revive(graph)
      if ((functions[0] as Task)(1) !== fn(1)) throw new Error('wrong result')
    })
    if (k >= ROUNDS / 3) times.push(time)
  }
  row(`new closure per call, ${MODULES} modules loaded`, median(times))
} finally {
  await rm(folder, { recursive: true })
}
