/** The arguments of a call: those of the item, with the constants at their positions. */
export function withConstants<T>(
  constants: readonly (readonly [position: number, value: T])[] | undefined,
  args: readonly T[],
): readonly T[] {
  if (constants === undefined) return args
  const all = [...args]
  for (const [position, value] of constants) all.splice(position, 0, value)
  return all
}
