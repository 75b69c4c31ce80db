import { expectTypeOf } from 'expect-type'
import type { TaskError } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'

interface Dark {
  readonly dark: number
}
interface Flat {
  readonly flat: number
}
declare function readImage(file: string): Promise<Float32Array>

const calibrate = pipeline<{ file: string }>('calibrate')
  .step('raw', ({ file }) => readImage(file))
  .step('dark', ({ raw }, config: Dark) => raw.map((x) => x - config.dark), { timeout: 5_000, retries: 1, cache: true })
  .step('stats', ['dark'], (dark) => ({ mean: dark.length }))
  .step('flat', ['dark', 'file'], (dark, file, config: Flat) => dark.length * file.length * config.flat)
  .assign('sizes', ({ dark }) => ({ w: dark.length, h: 2 }))
  .step('told', ({ flat }) => void flat, { returns: 'nothing' })
  .drop('raw')
  .finally('log', (clip, outcome) => {
    expectTypeOf(clip.flat).toEqualTypeOf<number | undefined>()
    expectTypeOf(outcome.ok).toEqualTypeOf<boolean>()
  })

const config = { dark: 1, flat: 2 }
const files = [{ file: 'a' }]

/** The clip of an outcome has all that the steps made; after a failure what was there before the step. */
export async function outcomes(): Promise<void> {
  for await (const r of calibrate.run(files, { config, workers: 2 })) {
    expectTypeOf(r.index).toEqualTypeOf<number>()
    expectTypeOf(r.input).toEqualTypeOf<{ file: string }>()
    expectTypeOf(r.timings.dark).toEqualTypeOf<number | undefined>()
    if (r.ok) {
      expectTypeOf(r.clip).toEqualTypeOf<{
        file: string
        readonly dark: Float32Array<ArrayBuffer>
        readonly stats: { mean: number }
        readonly flat: number
        readonly w: number
        readonly h: number
      }>()
      // @ts-expect-error dropped
      void r.clip.raw
    } else {
      expectTypeOf(r.step).toEqualTypeOf<'raw' | 'dark' | 'stats' | 'flat' | 'sizes' | 'told' | 'log'>()
      expectTypeOf(r.error).toEqualTypeOf<TaskError>()
      expectTypeOf(r.clip.file).toEqualTypeOf<string>()
      // @ts-expect-error not there at every step
      void r.clip.dark
      if (r.step === 'stats') {
        expectTypeOf(r.clip).toEqualTypeOf<{
          file: string
          readonly raw: Float32Array
          readonly dark: Float32Array<ArrayBuffer>
        }>()
        // @ts-expect-error the step that failed made nothing
        void r.clip.stats
      }
      // @ts-expect-error dropped by then
      if (r.step === 'log') void r.clip.raw
    }
  }
  const one = await calibrate.one({ file: 'a' }, { config })
  if (one.ok) expectTypeOf(one.clip.stats.mean).toEqualTypeOf<number>()
  expectTypeOf(calibrate.report().flat.done).toEqualTypeOf<number>()
}

/** Only some fields, only some steps. */
export async function parts(): Promise<void> {
  const [picked] = await calibrate.run(files, { config, pick: ['stats'] })
  if (picked?.ok === true) expectTypeOf(picked.clip).toEqualTypeOf<{ readonly stats: { mean: number } }>()
  const [some] = await calibrate.run(files, { config, steps: ['raw', 'dark'] })
  if (some?.ok === true) {
    expectTypeOf(some.clip.dark).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    expectTypeOf(some.clip.stats).toEqualTypeOf<{ mean: number } | undefined>()
    expectTypeOf(some.clip.file).toEqualTypeOf<string>()
  }
  // @ts-expect-error no such field
  void calibrate.run(files, { config, pick: ['nothing'] })
  // @ts-expect-error no such step
  void calibrate.run(files, { config, steps: ['nothing'] })
  const names: string[] = ['raw']
  const [any] = await calibrate.run(files, { config, steps: names })
  if (any?.ok === true) expectTypeOf(any.clip.stats).toEqualTypeOf<{ mean: number } | undefined>()
  const bad = await calibrate.one(files[0] as (typeof files)[0], { config })
  if (!bad.ok) await calibrate.one(bad.clip, { config, steps: names })
}

/** The config is what the steps want together, and must be given. */
export function configs(): void {
  // @ts-expect-error no config
  void calibrate.run(files)
  // @ts-expect-error half of it
  void calibrate.run(files, { config: { dark: 1 } })
  // @ts-expect-error wrong input
  void calibrate.run([{ path: 'a' }], { config })
  // @ts-expect-error an option of map that is not one of pipelines
  void calibrate.run(files, { config, onError: 'return' })
}

/** Names are new, fields are there. */
export function mistakes(): void {
  // @ts-expect-error dropped field
  calibrate.step('x', ({ raw }) => raw)
  // @ts-expect-error field that no step makes
  calibrate.step('x', ({ nothing }) => nothing)
  // @ts-expect-error field that no step makes
  calibrate.step('x', ['nothing'], (nothing) => nothing)
  // @ts-expect-error used by a step
  calibrate.step('dark', () => 1)
  // @ts-expect-error used by a step whose field is gone
  calibrate.step('raw', () => 1)
  // @ts-expect-error a field of the input
  calibrate.step('file', () => 1)
  // @ts-expect-error made by assign
  calibrate.step('w', () => 1)
  // @ts-expect-error made by a step
  calibrate.assign('more', () => ({ dark: 1 }))
  // @ts-expect-error "/" is for nested pipelines
  calibrate.step('a/b', () => 1)
  // @ts-expect-error returns nothing
  calibrate.step('x', ({ dark }) => void dark)
  // @ts-expect-error steps do not change the clip
  calibrate.step('x', (clip) => (clip.dark = new Float32Array()))
  // @ts-expect-error no such field
  calibrate.drop('nothing')
  // @ts-expect-error no such option
  calibrate.step('x', () => 1, { timeuot: 1 })
  // @ts-expect-error no such field
  calibrate.step('x', () => 1, { ignore: ['nothing'] })
}

/** A prefix can go on in several ways. */
export function prefixes(): void {
  const start = pipeline<{ n: number }>('start').step('a', ({ n }) => n)
  const left = start.step('b', ({ a }) => String(a))
  const right = start.step('b', ({ a }) => [a])
  void left.run([{ n: 1 }]).then(([r]) => r?.ok === true && expectTypeOf(r.clip.b).toEqualTypeOf<string>())
  void right.run([{ n: 1 }]).then(([r]) => r?.ok === true && expectTypeOf(r.clip.b).toEqualTypeOf<number[]>())
}

/** The steps of another pipeline. */
export async function nested(): Promise<void> {
  const search = pipeline<{ text: string }>('search')
    .step('find', ({ text }, c: { word: string }) => text.indexOf(c.word))
    .step('show', ({ find, text }) => text.slice(find))
  const outer = pipeline<{ text: string; id: number }>('outer')
    .step('long', ({ text }) => text.length > 3)
    .step('search', search)
    .step('end', ({ search: { show } }) => show)
  // @ts-expect-error its config is wanted, too
  void outer.run([{ text: 'a', id: 1 }])
  const [r] = await outer.run([{ text: 'a', id: 1 }], { config: { word: 'a' } })
  if (r?.ok === true) expectTypeOf(r.clip.search).toEqualTypeOf<{ readonly find: number; readonly show: string }>()
  if (r?.ok === false && r.step === 'search/show') {
    expectTypeOf(r.clip.search).toEqualTypeOf<{ readonly find: number }>()
    expectTypeOf(r.clip.long).toEqualTypeOf<boolean>()
  }
  // @ts-expect-error it wants a text
  pipeline<{ other: number }>('other').step('search', search)
}

/** What is no plain object is `clip.input`. */
export async function bare(): Promise<void> {
  const count = pipeline<string>('count').step('n', ({ input }) => input.length)
  const [r] = await count.run(['abc'])
  if (r?.ok === true) expectTypeOf(r.clip).toEqualTypeOf<{ input: string; readonly n: number }>()
  const same = pipeline<{ input: string }>('same').step('n', ({ input }) => input.length)
  void same.run(['abc'])
  void same.run([{ input: 'abc' }])
  // @ts-expect-error no string
  void same.run([1])
  const start = pipeline('any').step('n', ({ input }) => input.length)
  void start.run(['a'])
}
