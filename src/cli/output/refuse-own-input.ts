import { type BigIntStats, fstatSync, statSync } from 'node:fs'

import { usageError } from '../command-error.ts'
import { readArgument } from '../inputs/input-argument.ts'
import type { TaskReference } from '../module/find-task.ts'

/**
 * Makes sure that results do not go to the file that inputs or code come from, which would be lost.
 *
 * @throws {CommandError} if they would.
 */
export function refuseOwnInput(
  output: string | undefined,
  texts: readonly string[],
  literal: boolean,
  { url }: TaskReference,
): void {
  const target = output === undefined || output === '-' ? undefined : look(() => statSync(output, { bigint: true }))
  if (target === undefined || !target.isFile()) return
  const code = url.protocol === 'file:' ? look(() => statSync(url, { bigint: true })) : undefined
  if (code?.ino === target.ino && code.dev === target.dev)
    throw usageError(`-o ${output}: this is the module that is to run; results need a file of their own`)
  for (const arg of texts.length === 0
    ? [{ kind: 'stdin' } as const]
    : texts.map((text) => readArgument(text, literal))) {
    const source =
      arg.kind === 'file'
        ? look(() => statSync(arg.path, { bigint: true }))
        : arg.kind === 'stdin'
          ? look(() => fstatSync(0, { bigint: true }))
          : undefined
    if (source?.ino === target.ino && source.dev === target.dev)
      throw usageError(`-o ${output}: this is where the inputs come from; results need a file of their own`)
  }
}

function look(at: () => BigIntStats): BigIntStats | undefined {
  try {
    return at()
  } catch {
    return undefined
  }
}
