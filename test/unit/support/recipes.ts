/** Steps that are called one after the other. */
export interface Steps {
  readonly steps: readonly { readonly name: string; readonly fn: (value: number) => unknown }[]
}

export function makeChain({ steps }: Steps): (value: number) => Promise<unknown> {
  return async (value) => {
    let result: unknown = value
    for (const { fn } of steps) result = await fn(result as number)
    return result
  }
}
