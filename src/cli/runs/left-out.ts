import type { KeyCounts } from '../../journal/keys/key-counts.ts'
import { rowsNotIn, takeRows } from '../../journal/keys/left-out-rows.ts'
import { Past } from '../../journal/past.ts'
import { resolveBackend } from '../../pool/backend/registry.ts'
import { prepareFunctions } from '../../pool/functions/prepare.ts'
import { codeOf } from '../../reduce/kept/reduction-code.ts'
import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'
import type { RowBlock } from '../../rows/row-block.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import { codeHash } from '../../task/code/code-hash.ts'
import { stubOf } from '../../task/stub.ts'
import { backendAt } from '../cluster/location.ts'
import { constantsOf } from '../flags/map-options.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { TaskReference } from '../module/find-task.ts'
import { logToResume } from './run-log.ts'

/** Tells which inputs a run would leave out. Ask for each once, in order. */
export interface LeftOut {
  value(input: unknown): boolean
  /** Returns a 1 for each row of a block that is left out; undefined if none is. */
  rows(block: RowBlock, parse: (row: number) => unknown): Uint8Array | undefined
}

const NOTHING: LeftOut = { value: () => false, rows: () => undefined }

/**
 * Finds out which inputs a run with these flags would leave out. `failed`: the run takes only those.
 *
 * @throws {JournalError} if the function is not the one in the log.
 */
export async function leftOut(
  { url, exportName }: TaskReference,
  flags: RunFlags,
  failed: KeyCounts | undefined,
  warn: (message: string) => void,
): Promise<LeftOut> {
  const log = flags.log ?? (flags.resume === undefined ? undefined : logToResume(flags.resume))
  if (log === undefined) return NOTHING
  const { capabilities } = await resolveBackend(await backendAt(flags.on, flags))
  const stub = stubOf(url.href, exportName)
  const args = constantsOf(flags)
  const functions = flags.reduce
    ? await prepareFunctions(codeOf(exportName, { parts: { exported: stub }, args, spread: flags.spread }), {
        capabilities,
      })
    : await prepareFunctions(stub, { args, capabilities })
  const past = Past.read(log, flags.allowChanged ? undefined : codeHash(functions.map(({ load }) => load)), warn)
  const secret = past.rowSecret ?? new Uint8Array(ROW_KEY_BYTES)
  return failed === undefined
    ? {
        value: (input) => past.takes(input),
        rows: (block, parse) => takeRows(past.succeeded, block, secret, parse),
      }
    : {
        value: (input) => !failed.take(contentKey(input)),
        rows: (block, parse) => rowsNotIn(failed, block, secret, parse),
      }
}
