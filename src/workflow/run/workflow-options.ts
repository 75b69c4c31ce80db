import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { describeValue } from '../../options/describe-value.ts'
import { withDefaultSettings } from '../../settings/defaults.ts'
import type { OnErrorWord, RunOptions } from '../../settings/run-options.ts'
import { type CompleteSettings, readRunOptions } from '../../settings/run-settings.ts'

/** The options of a workflow's run: those of `execute`, without `journal`. */
export type WorkflowOptions<E extends OnErrorWord = OnErrorWord, V = unknown> = Omit<RunOptions<E, V>, 'journal'>

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readWorkflowOptions(options: unknown): CompleteSettings {
  const settings = withDefaultSettings(readRunOptions(options))
  if (settings.journal === undefined) return settings
  const expected = 'no journal: use the option cache, with which the next run of a workflow continues'
  throw new InvalidArgumentError('journal', expected, describeValue(settings.journal))
}
