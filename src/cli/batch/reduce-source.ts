import { hostOf } from '../../api/pool.ts'
import { haltRule, type HaltRule } from '../../options/halt-rule.ts'
import { withoutMapOptions } from '../../reduce/reduce-options.ts'
import { reduceExported } from '../../reduce/reduce-results.ts'
import { isReached } from '../../run/outcomes/halting-sink.ts'
import type { Results } from '../../run/outcomes/results.ts'
import { stubOf } from '../../task/stub.ts'
import { constantsOf, type SharedOptions } from '../flags/map-options.ts'
import { PoolSource } from './pool-source.ts'

/** Makes one value of many inputs, with a pool of its own. */
export class ReduceSource extends PoolSource {
  override readonly counts = 'inputs'

  override open(options: SharedOptions): Results<unknown> {
    const { task, inputs, flags, journal } = this.work
    const { halt, onError } = options
    const rule = halt === undefined ? undefined : haltRule(halt, 'halt')
    let failed = 0
    const results = reduceExported({
      host: hostOf(this.pool),
      inputs: inputs.items,
      stub: stubOf(task.url.href, task.exportName),
      options: { ...withoutMapOptions(options), spread: flags.spread, args: constantsOf(flags), journal },
      listener: {
        failed: (error) => {
          failed++
          if (typeof onError === 'function') onError(error)
        },
        added: (_, __, succeeded) => {
          if (rule !== undefined) haltIfReached(rule, results, { succeeded, failed, total: () => this.total() })
        },
      },
    })
    return results
  }
}

function haltIfReached(rule: HaltRule, results: Results<unknown>, counts: Parameters<typeof isReached>[1]): void {
  if (isReached(rule, counts)) results.halt(rule.mode, `the run was halted by its rule ${rule.text}`, 'halt')
}
