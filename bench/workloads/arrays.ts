import type { TaskName } from '../systems/system.ts'
import { drive, timed } from './drive.ts'
import { type Figures, POOLS, type Workload } from './workload.ts'

/** 1 MiB of doubles. */
const LENGTH = 131_072
const COUNT = 600
/** Arrays in flight. */
const IN_FLIGHT = 16

function sumOf(i: number): number {
  return (LENGTH / 512) * i
}

function check(result: unknown, index: number): void {
  if (result !== sumOf(index)) throw new Error(`wrong sum ${String(result)} at ${index}`)
}

function checkArray(result: unknown, index: number): void {
  const { length, [length - 1]: last } = result as Float64Array
  if (length !== LENGTH || last !== index) throw new Error(`wrong array of ${length}, ${last} at ${index}`)
}

/** A new array for each task, copied on its way. */
export const copiedArrays: Workload = copied(`${COUNT} arrays of 1 MiB, a new one each, copied`, 'touch', check)

/** The same, and each task returns its array. */
export const echoedArrays: Workload = copied(
  `${COUNT} arrays of 1 MiB, a new one each, copied there and back`,
  'noop',
  checkArray,
)

function copied(title: string, task: TaskName, checkResult: (result: unknown, index: number) => void): Workload {
  return {
    title,
    main: 'perSecond',
    better: 'more',
    systems: POOLS,
    async measure(makeSystem) {
      const system = await makeSystem(task)
      const inputs = function* (count: number): Generator<Float64Array, undefined> {
        for (let i = 0; i < count; i++) yield new Float64Array(LENGTH).fill(i)
        return undefined
      }
      return figures(
        async (count) => timed(() => drive(system, inputs(count), checkResult, IN_FLIGHT)),
        () => system.close(),
      )
    },
  }
}

/** The same arrays in shared memory, whose slots are used again. */
export const sharedArrays: Workload = {
  title: `${COUNT} arrays of 1 MiB, shared, in slots that are used again`,
  main: 'perSecond',
  better: 'more',
  systems: ['manyhands threads', 'piscina', 'tinypool', 'workerpool', 'poolifier'],
  async measure(makeSystem) {
    const system = await makeSystem('touch')
    const share = system.share ?? ((array: Float64Array) => new Float64Array(new SharedArrayBuffer(array.byteLength)))
    // Twice as many as are in flight: a result may be taken, and its slot free, before it is checked here.
    const free = Array.from({ length: 2 * IN_FLIGHT }, () => share(new Float64Array(LENGTH)))
    const used: Float64Array[] = []
    const inputs = function* (count: number): Generator<Float64Array, undefined> {
      for (let i = 0; i < count; i++) yield (used[i] = free.pop() as Float64Array).fill(i)
      return undefined
    }
    const checkAndFree = (result: unknown, index: number): void => {
      check(result, index)
      free.push(used[index] as Float64Array)
    }
    const windowed = system.mapWindowed ?? system.map
    const go =
      windowed === undefined
        ? system
        : { ...system, map: (items: Iterable<unknown>) => windowed.call(system, items, IN_FLIGHT) }
    return figures(
      async (count) => timed(() => drive(go, inputs(count), checkAndFree, IN_FLIGHT)),
      () => system.close(),
    )
  },
}

async function figures(run: (count: number) => Promise<number>, close: () => unknown): Promise<Figures> {
  await run(100)
  const times: number[] = []
  for (let i = 0; i < 3; i++) times.push(await run(COUNT))
  await close()
  return { perSecond: (COUNT / Math.min(...times)) * 1_000 }
}
