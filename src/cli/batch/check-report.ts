import { resolve } from 'node:path'

import { problemWith } from '../../report/report-file.ts'
import { usageError } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'

/**
 * Makes sure that the report of a run can be written when the run has ended, as far as that can be known.
 *
 * @throws {CommandError} if it cannot.
 */
export function checkReport(report: string, { output, log }: Pick<RunFlags, 'output' | 'log'>): void {
  for (const [flag, other] of [
    ['-o', output],
    ['--log', log],
  ] as const)
    if (other !== undefined && resolve(other) === resolve(report))
      throw usageError(`--report and ${flag} are the same file, ${report}: each needs its own`)
  const problem = problemWith(report, false)
  if (problem !== undefined) throw usageError(`--report: ${problem}`)
}
