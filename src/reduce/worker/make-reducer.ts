import { currentScope } from '../../runtime/scope/task-scope.ts'
import { drive, type Work } from '../../task/drive.ts'
import { stepFailure } from '../../task/task-call.ts'
import { isThenable } from '../../util/callbacks.ts'
import { processWide } from '../../util/own-package.ts'
import { Accumulators } from './accumulators.ts'
import { AddingCall } from './adding-call.ts'
import { CallSite } from './call-site.ts'
import { combining } from './combining.ts'
import { partsOfExport } from './exported-parts.ts'
import type { ReduceCall } from './messages.ts'
import type { ExportedParts, ReduceParts, ReducerData, StatefulParts } from './parts.ts'

type Reducer = (call: ReduceCall) => unknown

/** Makes the task of a reduction: it adds inputs, or combines accumulators. Workers import this. */
export function makeReducer(data: ReducerData): Reducer {
  let parts: ReduceParts | Promise<ReduceParts> | undefined
  return (call) => {
    parts ??= partsOf(data.parts)
    if (!isThenable(parts)) return run(data, parts, call)
    return parts.then((ready) => {
      parts = ready
      return run(data, ready, call)
    })
  }
}

function run(data: ReducerData, parts: ReduceParts, call: ReduceCall): unknown {
  const scope = currentScope()
  if (scope === undefined) throw new TypeError('a reduction can only run inside a task')
  const site = new CallSite(scope)
  const accumulators = new Accumulators(site.classes, data.copies)
  const work: Work<unknown> =
    call.kind === 'add'
      ? new AddingCall({ data, parts, accumulators, site }, call).run()
      : combining({ data, parts, accumulators, site }, call)
  return drive(work)
}

function partsOf(parts: ReducerData['parts']): ReduceParts | Promise<ReduceParts> {
  if ('exported' in parts) return partsOf(exportedParts(parts))
  return 'initial' in parts ? parts : construct(parts)
}

function exportedParts(parts: ExportedParts): ReduceParts | StatefulParts {
  try {
    return partsOfExport(parts)
  } catch (thrown) {
    throw stepFailure({ step: 'construct', thrown, state: undefined })
  }
}

interface Instance {
  initial: ReduceParts['initial']
  add: ReduceParts['add']
  combine: ReduceParts['combine']
  init?(): unknown
  close?(): unknown
}

/** Closes the instances of functions that are unloaded, by the function: the runtime calls it. */
const closers = processWide('closers', () => new WeakMap<object, () => unknown>())

async function construct({ StatefulClass, construct: args }: StatefulParts): Promise<ReduceParts> {
  const scope = currentScope()
  try {
    const instance = new StatefulClass(...args) as unknown as Instance
    if (instance.init !== undefined) await instance.init()
    const fn = scope?.batch.fn(scope.item)
    if (instance.close !== undefined && fn !== undefined) closers.set(fn, () => instance.close?.())
    return {
      initial: instance.initial.bind(instance),
      add: instance.add.bind(instance),
      combine: instance.combine.bind(instance),
    }
  } catch (thrown) {
    throw stepFailure({ step: 'construct', thrown, state: undefined })
  }
}
