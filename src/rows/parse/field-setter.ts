type SetField = (row: Record<string, unknown>, name: string, value: unknown) => void

/** Returns what sets the fields of a row with these names. Assigning to `__proto__` would set the prototype, or do nothing. */
export function fieldSetter(names: readonly string[]): SetField {
  return names.includes('__proto__') ? define : assign
}

function assign(row: Record<string, unknown>, name: string, value: unknown): void {
  row[name] = value
}

function define(row: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(row, name, { value, configurable: true, enumerable: true, writable: true })
}
