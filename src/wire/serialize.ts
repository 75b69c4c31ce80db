import { Deserializer, Serializer } from 'node:v8'

/**
 * A value as V8 writes it.
 *
 * The plain serialiser, not `v8.serialize`: that one gives views of one big buffer on arrival, which would alias items.
 */
export function serialize(value: unknown): Buffer {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

/** The opposite. Throws for what is no value; what strangers sent must have been looked at before (`inspectBytes`). */
export function deserialize(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}
