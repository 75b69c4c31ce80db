import { isAbsolute } from 'node:path'

import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { FileInput } from '../wire/values/file-input.ts'
import type { WorkflowNode } from './node.ts'
import { source } from './operators.ts'

/**
 * The files that patterns match, each once, by the code units of their paths: functions get `{ path }`, a cache knows a
 * file by its content. Patterns are matched again for each run; a pattern that matches nothing ends the run with
 * an `InvalidArgumentError`. Names that begin with a dot match only if the pattern has the dot.
 *
 * @throws {InvalidArgumentError} for no pattern, and for patterns that are not texts.
 */
export function files(...globs: readonly string[]): WorkflowNode<FileInput> {
  for (const one of globs.length === 0 ? [undefined] : globs) {
    if (typeof one !== 'string' || one === '')
      throw new InvalidArgumentError('files(…)', "patterns such as 'data/*.csv'", describeValue(one))
  }
  return source(() => matching(globs), { name: globs.join(' ') })
}

async function* matching(globs: readonly string[]): AsyncGenerator<FileInput> {
  const { glob } = await import('tinyglobby')
  const paths = new Set<string>()
  for (const pattern of globs) {
    const found = await glob(pattern, {
      absolute: isAbsolute(pattern),
      dot: false,
      expandDirectories: false,
      onlyFiles: true,
    })
    if (found.length === 0) throw new InvalidArgumentError('files(…)', 'patterns that match files', `"${pattern}"`)
    for (const path of found) paths.add(path)
  }
  // oxlint-disable-next-line unicorn/no-array-sort -- by code units is what is wanted
  for (const path of [...paths].sort()) yield new FileInput(path)
}
