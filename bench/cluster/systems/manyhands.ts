import { fileURLToPath } from 'node:url'

import { Pool } from 'manyhands'
import { nats } from 'manyhands/nats'

import { WorkerProcess } from '../../../test/nats/support/worker-process.ts'
import { Broker } from '../../../test/support/broker.ts'
import * as tasks from '../../tasks.ts'
import type { ClusterSystem, ClusterTask, MakeClusterSystem } from './cluster-system.ts'

const TASKS = fileURLToPath(new URL('../../tasks.js', import.meta.url))

/** This package on a cluster: one machine's workers. `batch`: tasks in a message; without it adaptive. */
export function manyhands(batch?: number): MakeClusterSystem {
  return async (task, workers) => {
    const broker = await Broker.start()
    const fleet = await WorkerProcess.start(broker.url, '-n', String(workers), TASKS)
    const pool = new Pool({ backend: nats({ servers: broker.url }), workers })
    return {
      ...ofPool(pool, task, batch),
      close: async () => {
        await pool.close()
        await fleet[Symbol.asyncDispose]()
        await broker[Symbol.asyncDispose]()
      },
    }
  }
}

/** This package on one machine. */
export const processes: MakeClusterSystem = async (task, workers) => {
  const pool = new Pool({ backend: 'processes', workers })
  return { ...ofPool(pool, task, undefined), close: () => pool.close() }
}

function ofPool(pool: Pool, task: ClusterTask, batch: number | undefined): Omit<ClusterSystem, 'close'> {
  const fn = tasks[task] as (input: unknown) => unknown
  return {
    async all(inputs) {
      for await (const _ of pool.map(inputs, fn, batch === undefined ? {} : { batch }));
    },
    one: (input) => pool.run(fn, input),
  }
}
