/** What became of reading a variable in the scopes of a function. */
export type Reading =
  | { readonly state: 'missing' }
  | { readonly state: 'value'; readonly value: unknown }
  | { readonly state: 'uninitialised' }

/** Reads one variable, and no other, as the function itself would see it. */
export function readVariable(scopes: readonly object[], name: string): Reading {
  for (const scope of scopes) {
    try {
      if (Object.hasOwn(scope, name)) return { state: 'value', value: Reflect.get(scope, name) }
    } catch {
      // Node 22 on: "Cannot access 'x' from debugger".
      return { state: 'uninitialised' }
    }
  }
  return { state: 'missing' }
}
