import { Broker } from '../../support/broker.js'
import { WorkerProcess } from './worker-process.js'

/** A broker and workers for one test, gone afterwards however it ends. */
export async function withCluster<T>(
  workers: number,
  use: (broker: Broker, workers: WorkerProcess[]) => Promise<T>,
  ...args: readonly string[]
): Promise<T> {
  const broker = await Broker.start()
  const started: WorkerProcess[] = []
  try {
    for (let i = 0; i < workers; i++) started.push(await WorkerProcess.start(broker.url, '-n', '2', ...args))
    return await use(broker, started)
  } finally {
    for (const worker of started) await worker[Symbol.asyncDispose]()
    await broker[Symbol.asyncDispose]()
  }
}

/** Inputs, and what `double` makes of them. */
export function numbers(count: number): { inputs: number[]; doubled: number[] } {
  const inputs = Array.from({ length: count }, (_, i) => i)
  return { inputs, doubled: inputs.map((value) => value * 2) }
}
