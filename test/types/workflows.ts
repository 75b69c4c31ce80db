import { expectTypeOf } from 'expect-type'
import { type Results, TaskError } from 'manyhands'
import { Cache } from 'manyhands/cache'
import {
  apply,
  constant,
  files,
  filter,
  flatMap,
  gather,
  groupBy,
  join,
  type Plan,
  runAll,
  source,
  stream,
  type WorkflowNode,
  zip,
} from 'manyhands/workflow'

const length = apply((s: string) => s.length)
const multiply = join((a: number, b: number) => a * b)
const words = ['a', 'bc', 'def']

/** Nodes have the type of their items, and take streams of what the function takes. */
export function nodes(): void {
  expectTypeOf(length(words)).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(multiply(length(words), [1, 2])).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(apply(async (x: number) => [x])([1])).toEqualTypeOf<WorkflowNode<number[]>>()
  expectTypeOf(zip((s: string, n: number) => `${s}${n}`)(words, length(words))).toEqualTypeOf<WorkflowNode<string>>()
  expectTypeOf(flatMap((s: string) => s.split(''))(words)).toEqualTypeOf<WorkflowNode<string>>()
  expectTypeOf(flatMap(async (s: string) => new Set([s.length]))(words)).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(filter((x: number) => x > 1)(length(words))).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(filter((x: number | string): x is string => typeof x === 'string')([1, 'a'])).toEqualTypeOf<
    WorkflowNode<string>
  >()
  expectTypeOf(gather((all: number[]) => all.length)(length(words))).toEqualTypeOf<WorkflowNode<number>>()
  const groups = groupBy(
    (s: string) => s.length,
    (key, all) => ({ key, all }),
    { missing: 'skip' },
  )
  expectTypeOf(groups(words)).toEqualTypeOf<WorkflowNode<{ key: number; all: string[] }>>()
  expectTypeOf(source(() => new Set([1]))).toExtend<WorkflowNode<number>>()
  expectTypeOf(source((n: number) => [n])(5)).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(apply((one: { path: string }) => one.path)(files('*.csv'))).toEqualTypeOf<WorkflowNode<string>>()
}

/** What is no stream is a constant. */
export function constants(): void {
  const scale = apply((x: number, by: { k: number }) => x * by.k)
  expectTypeOf(scale([1, 2], { k: 2 })).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(scale([1, 2], [{ k: 2 }, { k: 3 }])).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(apply((all: number[]) => all.length)(constant([1, 2]))).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(apply((x: number) => x)(stream(new Set([1])))).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(apply((x: number, y: number = 2) => x + y)([1])).toEqualTypeOf<WorkflowNode<number>>()
  expectTypeOf(length(['a'].values())).toEqualTypeOf<WorkflowNode<number>>()
  // @ts-expect-error a list would be a stream of numbers
  apply((all: number[]) => all.length)([1, 2])
}

/** What does not fit does not compile. */
export function refused(): void {
  // @ts-expect-error numbers are no strings
  length([1, 2, 3])
  // @ts-expect-error the second stream is of strings
  multiply(length(words), ['x'])
  // @ts-expect-error the second stream is missing
  multiply(length(words))
  // @ts-expect-error a node of numbers
  length(length(words))
  // @ts-expect-error there is no such option
  apply((x: number) => x, { nmae: 'x' })
  // @ts-expect-error only nodes that take all items may leave some out
  apply((x: number) => x, { missing: 'skip' })
  // @ts-expect-error what is flattened is iterable
  flatMap((x: number) => x)
  // @ts-expect-error a workflow has no journal
  void length(words).run({ journal: 'a.jsonl' })
}

/** Runs are as those of map. */
export async function runs(): Promise<void> {
  expectTypeOf(length(words).run()).toEqualTypeOf<Results<number>>()
  expectTypeOf(length(words).run({ onError: 'return', workers: 2 })).toEqualTypeOf<Results<number | TaskError>>()
  expectTypeOf(length(words).run({ onError: () => null, cache: new Cache('x') })).toEqualTypeOf<
    Results<number | null>
  >()
  expectTypeOf(length(words).plan()).toEqualTypeOf<Promise<Plan>>()
  const ends = { lengths: length(words), letters: flatMap((s: string) => s.split(''))(words) }
  expectTypeOf(await runAll(ends)).toEqualTypeOf<{ lengths: number[]; letters: string[] }>()
  // @ts-expect-error a list is no node
  void runAll({ words })
}
