import { expectTypeOf } from 'expect-type'
import { map, type Results } from 'manyhands'

interface Config {
  readonly k: number
}

declare const config: Config

/** Inputs and what the function gives. */
export function inputs(): void {
  expectTypeOf(map([1, 2], (x) => x.toFixed())).toEqualTypeOf<Results<string, number>>()
  expectTypeOf(map([1, 2], async (x) => x + 1)).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(map(new Set(['a']), (x) => x.length)).toEqualTypeOf<Results<number, string>>()
  expectTypeOf(map(new Map([['a', 1]]), ([name, n]) => name.repeat(n))).toEqualTypeOf<
    Results<string, [string, number]>
  >()
  expectTypeOf(map('abc', (letter) => letter.codePointAt(0))).toEqualTypeOf<Results<number | undefined, string>>()
  expectTypeOf(map(new Float64Array(2), (x) => x)).toEqualTypeOf<Results<number, number>>()
  function* count(): Generator<number> {
    yield 1
  }
  async function* names(): AsyncGenerator<string> {
    yield 'a'
  }
  expectTypeOf(map(count(), (x, y = 2) => x + y)).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(map(names(), (x) => x.length)).toEqualTypeOf<Results<number, string>>()
  expectTypeOf(map([] as readonly bigint[], (x) => [x])).toEqualTypeOf<Results<bigint[], bigint>>()
  expectTypeOf(map([1], () => {})).toEqualTypeOf<Results<void, number>>()
  expectTypeOf(map([1, 'a'], (x: number | string) => x)).toEqualTypeOf<Results<number | string, number | string>>()
}

/** Functions that exist already: built-in, generic, with optional parameters. */
export function functions(): void {
  expectTypeOf(map(['1'], parseInt)).toEqualTypeOf<Results<number, string>>()
  expectTypeOf(map([1], Math.sqrt)).toEqualTypeOf<Results<number, number>>()
  const wrap = <T>(x: T): T[] => [x]
  expectTypeOf(map([1], wrap)).toEqualTypeOf<Results<number[], number>>()
  // @ts-expect-error the inputs are no strings
  map([1], (x: string) => x)
  // @ts-expect-error a number is not iterable
  map(5, (x: number) => x)
  // @ts-expect-error a text is no function
  map([1], 'resize')
}

/** Constants after the input. */
export function args(): void {
  expectTypeOf(map([1, 2], (x, c: Config) => x + c.k, { args: [config] })).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(map(['a'], (s: string, n: number, sep: string) => s.repeat(n) + sep, { args: [2, '-'] })).toEqualTypeOf<
    Results<string, string>
  >()
  expectTypeOf(map([1], (x: number, y = 2) => x + y, { args: [3] })).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(map([1], (x: number, ...more: number[]) => x + more.length, { args: [3, 4] })).toEqualTypeOf<
    Results<number, number>
  >()
  const constants = [2, '-'] as const
  expectTypeOf(map(['a'], (s: string, n: number, sep: string) => s.repeat(n) + sep, { args: constants })).toEqualTypeOf<
    Results<string, string>
  >()
  // @ts-expect-error args are missing
  map([1, 2], (x: number, c: Config) => x + c.k)
  // @ts-expect-error args are missing, other options are not
  map([1, 2], (x: number, c: Config) => x + c.k, { workers: 2 })
  // @ts-expect-error args of another type
  map([1, 2], (x: number, c: Config) => x + c.k, { args: ['no'] })
  // @ts-expect-error one too few
  map([1], (x: number, y: number, z: number) => x + y + z, { args: [1] })
}

/** Inputs that are lists of arguments. */
export function spread(): void {
  const pairs = [
    [1, 'a'],
    [2, 'b'],
  ] as [number, string][]
  expectTypeOf(map(pairs, (n, s) => s.repeat(n), { spread: true })).toEqualTypeOf<Results<string, [number, string]>>()
  const constant = [
    [1, 'a'],
    [2, 'b'],
  ] as const
  const ofConstant = map(constant, (n: number, s: string) => s.repeat(n), { spread: true })
  expectTypeOf(ofConstant.toArray()).toEqualTypeOf<Promise<string[]>>()
  const inline = map(
    [
      [1, 'a'],
      [2, 'b'],
    ] as const,
    (n, s) => s.repeat(n),
    { spread: true },
  )
  expectTypeOf(inline.toArray()).toEqualTypeOf<Promise<string[]>>()
  const literal = map([[1, 'a']], (n: number, s: string) => s.repeat(n), { spread: true })
  expectTypeOf(literal.toArray()).toEqualTypeOf<Promise<string[]>>()
  const entries = map(new Map([['a', 1]]), (s, n) => s.repeat(n), { spread: true })
  expectTypeOf(entries.toArray()).toEqualTypeOf<Promise<string[]>>()
  const withArgs = map(new Map([['a', 1]]), (s, n, c: Config) => s.repeat(n + c.k), { spread: true, args: [config] })
  expectTypeOf(withArgs.toArray()).toEqualTypeOf<Promise<string[]>>()
  const later = map(pairs, async (n: number, s: string) => s.length + n, { spread: true })
  expectTypeOf(later.toArray()).toEqualTypeOf<Promise<number[]>>()
  // @ts-expect-error without spread the pair is one argument
  map(pairs, (n: number, s: string) => s.repeat(n))
}

/** What is no option is an error. */
export function options(): void {
  // @ts-expect-error misspelt
  map([1], (x) => x, { worker: 2 })
  // @ts-expect-error no such backend
  map([1], (x) => x, { backend: 'thread' })
  // @ts-expect-error no such word
  map([1], (x) => x, { onError: 'ignore' })
  // @ts-expect-error a text that is no share
  map([1], (x) => x, { timeout: '10s' })
  // @ts-expect-error skip gets an input of the run's type
  map([1], (x) => x, { skip: (input: string) => input === '' })
  map([1], (x) => x, {
    backend: 'processes',
    timeout: '300%',
    batch: 'auto',
    retries: { times: 2, when: (error) => error.code === 'MH_TASK_FAILED' },
    skip: (input, index) => input > index,
    onEvent: (event) => event.type === 'done' && event.attempt > 1,
    progress: ({ done, total }) => void (total === undefined || done < total),
    logs: ({ text, stream }) => stream === 'stderr' && text,
    signal: AbortSignal.timeout(5),
    workers: undefined,
  })
}
