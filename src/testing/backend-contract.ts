import { describe } from 'node:test'

import { type BackendOption, resolveBackend } from '../index.ts'
import { cancelling } from './contract/cancelling.ts'
import { capturing } from './contract/capturing.ts'
import { deaths } from './contract/deaths.ts'
import { failures } from './contract/failures.ts'
import { limits } from './contract/limits.ts'
import { ordering } from './contract/ordering.ts'
import { output } from './contract/output.ts'
import { pools } from './contract/pools.ts'
import { printing } from './contract/printing.ts'
import { queues } from './contract/queues.ts'
import { reading } from './contract/reading.ts'
import { reductions } from './contract/reductions.ts'
import { states } from './contract/states.ts'
import type { Subject } from './contract/subject.ts'
import { times } from './contract/times.ts'
import { values } from './contract/values.ts'

const GROUPS: readonly ((subject: Subject) => void)[] = [
  ordering,
  reading,
  values,
  failures,
  capturing,
  states,
  times,
  deaths,
  cancelling,
  limits,
  pools,
  queues,
  reductions,
  output,
  printing,
]

/**
 * Registers the contract suite with node:test: the tests that every backend must pass.
 *
 * Backends declare in their capabilities what they cannot do; the suite then asserts that it is refused or done without, not
 * that it works. To be run with every backend that is written, here or elsewhere.
 */
export async function backendContract(makeBackend: () => BackendOption | Promise<BackendOption>): Promise<void> {
  const backend = await makeBackend()
  const { name, capabilities } = await resolveBackend(backend)
  describe(`the contract on ${name}`, () => {
    for (const group of GROUPS) group({ backend, capabilities })
  })
}
