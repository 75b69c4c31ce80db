import type { BatchFrame } from '../wire/frames.ts'
import type { Batch } from './batch.ts'
import type { FunctionUse } from './function-use.ts'

/** The message that carries a batch; `functions` are those that it calls. */
export function packBatch({ id, slot, job, lot, alone }: Batch, functions: readonly FunctionUse[]): BatchFrame {
  const attempts = lot.attempts()
  return {
    type: 'batch',
    id,
    slot,
    group: job.id,
    concurrency: alone ? 1 : job.options.concurrency,
    spread: lot.spread,
    fn: (functions[0] as FunctionUse).id,
    ...(functions.length > 1 && { fns: Array.from({ length: lot.length }, (_, at) => lot.fn(at).id) }),
    inputs: lot.column(),
    indexes: lot.indexes(),
    ...(attempts && { attempts }),
    ...(lot.priority !== 0 && { priority: lot.priority }),
  }
}
