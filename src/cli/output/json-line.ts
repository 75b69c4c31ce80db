/**
 * A result as one line of JSON. Values that JSON has no form for get the nearest that keeps all of them: a bigint a text, a
 * `Map` or `Set` an array.
 *
 * @throws {TypeError} for cycles.
 */
export function jsonLine(value: unknown): string {
  if (value === undefined) return 'null\n'
  return `${JSON.stringify(value, keepAll)}\n`
}

/** Replaces values whose content JSON would leave out, or that it would refuse. */
function keepAll(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map || value instanceof Set) return [...value]
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return fieldsOf(value)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array)
  if (value instanceof DataView) return keepAll('', new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  return value instanceof ArrayBuffer ? Array.from(new Uint8Array(value)) : value
}

function fieldsOf(error: Error): object {
  const { name, message, cause } = error
  return Object.assign({ name, message }, cause === undefined ? {} : { cause }, error)
}
