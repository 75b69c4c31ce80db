import type { KeyCounts } from '../../journal/key-counts.ts'
import { Past } from '../../journal/past.ts'
import { resolveBackend } from '../../pool/backend/registry.ts'
import { prepareFunctions } from '../../pool/functions/prepare.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import { codeHash } from '../../task/code/code-hash.ts'
import { tasksOf } from '../../task/tasks-of.ts'
import { backendAt } from '../cluster/location.ts'
import { constantsOf } from '../flags/map-options.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { TaskReference } from '../module/find-task.ts'
import { logToResume } from './run-log.ts'

/**
 * Resolves to a function that tells for each input, in order, if a run with these flags would leave it out. `failed`: the
 * run takes only those.
 *
 * @throws {JournalError} if the function is not the one in the log.
 */
export async function leftOut(
  { url, exportName }: TaskReference,
  flags: RunFlags,
  failed: KeyCounts | undefined,
  warn: (message: string) => void,
): Promise<(input: unknown) => boolean> {
  const log = flags.log ?? (flags.resume === undefined ? undefined : logToResume(flags.resume))
  if (log === undefined) return () => false
  const { capabilities } = await resolveBackend(await backendAt(flags.on, flags))
  const task = tasksOf<Record<string, () => unknown>>(url)[exportName] as () => unknown
  const functions = await prepareFunctions(task, { args: constantsOf(flags), capabilities })
  const past = Past.read(log, flags.allowChanged ? undefined : codeHash(functions.map(({ load }) => load)), warn)
  return (input) => (failed === undefined ? past.takes(input) : !failed.take(contentKey(input)))
}
