import { resolve } from 'node:path'

import { problemWith, problemWithTrace } from '../../report/report-file.ts'
import { usageError } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'

/**
 * Makes sure that the report and the trace of a run can be written when it has ended, as far as that can be known.
 *
 * @throws {CommandError} if they cannot.
 */
export function checkReports({ report, trace, output, log }: RunFlags): void {
  const files = [
    ['--report', report],
    ['--trace', trace],
    ['-o', output],
    ['--log', log],
  ] as const
  for (const [i, [flag, file]] of files.entries())
    for (const [other, otherFile] of files.slice(i + 1))
      if (file !== undefined && otherFile !== undefined && resolve(file) === resolve(otherFile))
        throw usageError(`${flag} and ${other} are the same file, ${file}: each needs its own`)
  const problem = report === undefined ? undefined : problemWith(report, false)
  if (problem !== undefined) throw usageError(`--report: ${problem}`)
  const traceProblem = trace === undefined ? undefined : problemWithTrace(trace, false)
  if (traceProblem !== undefined) throw usageError(`--trace: ${traceProblem}`)
}
