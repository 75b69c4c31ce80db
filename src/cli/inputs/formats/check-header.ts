import { usageError } from '../../command-error.ts'

/** Makes sure that each column has a name of its own. `place` is where the header stands. */
export function checkHeader(names: readonly string[], place: string): void {
  const columns = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const column = index + 1
    if (name.trim() === '')
      throw usageError(`${place}: column ${column} has no name; the first row must name all columns`)
    const first = columns.get(name)
    if (first !== undefined)
      throw usageError(
        `${place}: columns ${first} and ${column} are both called "${name}"; each needs a name of its own`,
      )
    columns.set(name, column)
  }
}
