import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { describeValue } from '../../options/describe-value.ts'
import { withDefaultSettings } from '../../settings/defaults.ts'
import type { OnErrorWord, RunOptions } from '../../settings/run-options.ts'
import { type CompleteSettings, readRunOptions } from '../../settings/run-settings.ts'

/** How a workflow is run: as `map` is, but for what belongs to inputs of one function. */
export type WorkflowOptions<E extends OnErrorWord = OnErrorWord, V = unknown> = Omit<RunOptions<E, V>, 'journal'>

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readWorkflowOptions(options: unknown): CompleteSettings {
  const settings = withDefaultSettings(readRunOptions(options))
  if (settings.journal === undefined) return settings
  const expected = 'none here: a cache keeps what a workflow has computed, and the next run goes on from there'
  throw new InvalidArgumentError('journal', expected, describeValue(settings.journal))
}
