import { expectTypeOf } from 'expect-type'
import {
  execute,
  map,
  Pool,
  type Results,
  stateful,
  type Task,
  task,
  type TaskError,
  type TaskFactory,
  type TaskQueue,
  tasksOf,
  withPool,
} from 'manyhands'

const plusOne = task((x: number) => x + 1)
const upper = task(async (s: string) => s.toUpperCase(), { name: 'upper', timeout: 5, retries: 1, priority: 2 })

class Square {
  call(x: number, by: number): Promise<number> {
    return Promise.resolve(x * by)
  }
}

export function makingTasks(): void {
  expectTypeOf(plusOne).toEqualTypeOf<TaskFactory<[x: number], number>>()
  expectTypeOf(upper('a')).toEqualTypeOf<Task<string>>()
  expectTypeOf(task(stateful(Square))(1, 2)).toEqualTypeOf<Task<number>>()
  expectTypeOf(upper('a').name).toEqualTypeOf<string>()
  expectTypeOf(upper('a').args).toEqualTypeOf<readonly unknown[]>()
  // @ts-expect-error an argument of another type
  plusOne('a')
  // @ts-expect-error no such option
  task((x: number) => x, { prio: 1 })
}

export function executing(): void {
  expectTypeOf(execute([plusOne(1)]).toArray()).toEqualTypeOf<Promise<number[]>>()
  expectTypeOf(execute([plusOne(1), upper('a')]).toArray()).toEqualTypeOf<Promise<(string | number)[]>>()
  function* mixed(): Generator<Task<number> | Task<boolean>> {
    yield plusOne(1)
  }
  expectTypeOf(execute(mixed()).toArray()).toEqualTypeOf<Promise<(number | boolean)[]>>()
  expectTypeOf(execute([plusOne(1)], { onError: 'return' }).toArray()).toEqualTypeOf<Promise<(number | TaskError)[]>>()
  expectTypeOf(execute([plusOne(1)], { onError: (error) => error.code }).toArray()).toEqualTypeOf<
    Promise<(number | string)[]>
  >()
  // @ts-expect-error no tasks
  execute([1, 2])
  // @ts-expect-error args belong to the tasks
  execute([plusOne(1)], { args: [1] })
  // @ts-expect-error skip is map's
  execute([plusOne(1)], { skip: () => false })
}

const tasks = tasksOf<typeof import('./fixtures/tasks.js')>(new URL('./fixtures/tasks.js', import.meta.url))

export function byModule(): void {
  expectTypeOf(map([1], tasks.resize)).toEqualTypeOf<Results<string, number>>()
  expectTypeOf(map([1], tasks.resize, { args: [3] })).toEqualTypeOf<Results<string, number>>()
  expectTypeOf(map(['1'], tasks.default)).toEqualTypeOf<Results<number, string>>()
  expectTypeOf(map(['1'], tasks.ident)).toEqualTypeOf<Results<string, string>>()
  // @ts-expect-error no function
  void tasks.LEVEL
  // @ts-expect-error a class is no task
  void tasks.Photo
  // @ts-expect-error no such export
  void tasks.shrink
  // @ts-expect-error the path of a module is a URL
  tasksOf<typeof import('./fixtures/tasks.js')>('./fixtures/tasks.js')
}

export async function pools(pool: Pool): Promise<void> {
  expectTypeOf(pool.run((a: number, b: string) => b.repeat(a), 1, 'a')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(pool.run(async () => [1])).toEqualTypeOf<Promise<number[]>>()
  expectTypeOf(pool.run(tasks.resize, 1)).toEqualTypeOf<Promise<string>>()
  expectTypeOf(pool.run(plusOne(1))).toEqualTypeOf<Promise<number>>()
  expectTypeOf(pool.run(plusOne(1), { priority: 1, timeout: 5, retries: 1 })).toEqualTypeOf<Promise<number>>()
  expectTypeOf(pool.run(stateful(Square), 1, 2)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(pool.map([1], (x) => String(x)).toArray()).toEqualTypeOf<Promise<string[]>>()
  expectTypeOf(pool.execute([plusOne(1), upper('a')]).toArray()).toEqualTypeOf<Promise<(string | number)[]>>()
  expectTypeOf(withPool({ workers: 1 }, (own) => own.run(plusOne(1)))).toEqualTypeOf<Promise<number>>()
  expectTypeOf(withPool({}, () => 'a')).toEqualTypeOf<Promise<string>>()
  // @ts-expect-error an argument is missing
  await pool.run((a: number, b: string) => b.repeat(a), 1)
  // @ts-expect-error an argument of another type
  await pool.run(tasks.resize, 'a')
  // @ts-expect-error no such option
  void new Pool({ threads: 2 })
}

export async function queues(pool: Pool): Promise<void> {
  const queue = pool.queue<number>({ size: 5 })
  expectTypeOf(queue).toEqualTypeOf<TaskQueue<number>>()
  expectTypeOf(queue.push(plusOne(1))).toEqualTypeOf<Promise<number>>()
  expectTypeOf(queue.pop({ timeout: 5 })).toEqualTypeOf<Promise<number>>()
  for (const record of await queue.popMany({ timeout: 5, max: 2 })) {
    if (record.status === 'fulfilled') expectTypeOf(record.value).toEqualTypeOf<number>()
    else expectTypeOf(record.reason).toEqualTypeOf<TaskError>()
  }
  for await (const record of queue) {
    if (record.status === 'fulfilled') expectTypeOf(record.value).toEqualTypeOf<number>()
  }
  const mixed = pool.queue<number | string>()
  await mixed.push(plusOne(1))
  await mixed.push(upper('a'))
  // @ts-expect-error the queue is for numbers
  await queue.push(upper('a'))
  // @ts-expect-error a function is no task
  await queue.push((x: number) => x)
}
