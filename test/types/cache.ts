import { expectTypeOf } from 'expect-type'
import { map, type Results, task } from 'manyhands'
import { Cache, type CachedFunction, file, type FileInput, type Ref } from 'manyhands/cache'

declare const cache: Cache

/** Cached functions have the types of their functions. */
export async function calls(): Promise<void> {
  const cached = cache.wrap((x: number, y: string) => ({ x, y }))
  expectTypeOf(cached(1, 'a')).toEqualTypeOf<Promise<{ x: number; y: string }>>()
  expectTypeOf(cache.wrap(async (x: number) => [x])(1)).toEqualTypeOf<Promise<number[]>>()
  expectTypeOf(cached.key(1, 'a')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(cached.inject([1, 'a'], { x: 1, y: 'b' })).toEqualTypeOf<Promise<void>>()
  const ref = await cached.ref(1, 'a')
  expectTypeOf(ref).toEqualTypeOf<Ref<{ x: number; y: string }>>()
  const next = cache.wrap((value: { x: number; y: string }) => value.x)
  expectTypeOf(next(ref)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(cache.wrap((input: FileInput) => input.path)(file('a'))).toEqualTypeOf<Promise<string>>()
  // @ts-expect-error an argument of another type
  await cached('1', 'a')
  // @ts-expect-error an argument is missing
  await cached(1)
  // @ts-expect-error a result of another type
  await cached.inject([1, 'a'], 5)
  // @ts-expect-error a reference to something else
  await next(await cache.wrap((x: number) => x).ref(1))
}

/** Rules of a cached function know its arguments and result. */
export function rules(): void {
  const cached = cache.wrap((x: number, log: () => void) => (log(), x), { ignore: [1], version: 1, ttl: 5 })
  expectTypeOf(cached).toEqualTypeOf<CachedFunction<[x: number, log: () => void], number>>()
  cache.wrap((x: number) => x, { key: (x) => x.toFixed() })
  cache.wrap((x: number) => new Uint8Array(x), {
    codec: { name: 'raw', encode: (v) => v, decode: (v) => v as Uint8Array<ArrayBuffer> },
  })
  // @ts-expect-error no such option
  cache.wrap((x: number) => x, { versions: 1 })
}

/** They can be given wherever functions can. */
export function runs(): void {
  const cached = cache.wrap((x: number) => `${x}`)
  expectTypeOf(map([1, 2], cached)).toEqualTypeOf<Results<string, number>>()
  expectTypeOf(map([1], cached, { cache, ordered: false })).toEqualTypeOf<Results<string, number>>()
  const two = cache.wrap((x: number, by: number) => x * by)
  expectTypeOf(map([1, 2], two, { args: [2] })).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(task(cached)(1).args).toEqualTypeOf<readonly unknown[]>()
  // @ts-expect-error inputs of another type
  map(['a'], cached)
  // @ts-expect-error not a cache
  map([1], cached, { cache: '.cache' })
}
