/** Objects with more keys have no shape: they are tables whose keys are data. */
const MAX_KEYS = 64
/** Shapes that a thread keeps, at most; when there are more, all are dropped. */
const MAX_KEPT = 1_024
/** Ends each key in the text of a shape. */
const END = '\0'

/** The keys of plain objects that are written alike, in order. */
export class Shape {
  readonly keys: readonly string[]
  /** The keys as they are sent. */
  readonly text: string
  /** About how many bytes the keys take in an object that is sent by itself. */
  readonly bytes: number
  /** The shape that the last object at each key had: the next one most likely has it, too. */
  readonly parts: (Shape | undefined)[]
  /** The message for which `number` holds. */
  message = 0
  /** Its number in that message. */
  number = 0

  constructor(keys: readonly string[], text: string) {
    this.keys = keys
    this.text = text
    let bytes = 0
    for (const key of keys) bytes += key.length + 4
    this.bytes = bytes
    this.parts = Array.from(keys, () => undefined)
  }
}

const shapes = new Map<string, Shape>()
/** Some of the shapes that were asked for last, twice at least: comparing keys is faster than joining them. */
const recent: Shape[] = []
const MAX_RECENT = 8
let nextRecent = 0

/** Returns the shape of objects with these keys; undefined if they are written with their keys. */
export function shapeOf(keys: readonly string[]): Shape | undefined {
  for (const shape of recent) if (hasKeys(shape, keys)) return shape
  if (keys.length > MAX_KEYS) return undefined
  let text = ''
  for (const key of keys) text += key + END
  const known = shapes.get(text)
  if (known === undefined) return newShape(keys, text)
  // A key that holds the end of keys makes the text of other keys.
  if (!hasKeys(known, keys)) return undefined
  recent[nextRecent] = known
  nextRecent = (nextRecent + 1) % MAX_RECENT
  return known
}

function hasKeys(shape: Shape, keys: readonly string[]): boolean {
  const { length } = keys
  if (shape.keys.length !== length) return false
  for (let i = 0; i < length; i++) if (shape.keys[i] !== keys[i]) return false
  return true
}

function newShape(keys: readonly string[], text: string): Shape | undefined {
  if (keys.some((key) => key === '__proto__' || key.includes(END))) return undefined
  if (shapes.size === MAX_KEPT) shapes.clear()
  const shape = new Shape(keys, text)
  shapes.set(text, shape)
  return shape
}

const received = new Map<string, readonly string[]>()

/**
 * Returns the keys of a shape that was received.
 *
 * @throws {Error} for a text that is not the text of a shape.
 */
export function keysOf(text: unknown): readonly string[] {
  if (typeof text !== 'string') throw new Error('a shape is not a text')
  const known = received.get(text)
  if (known !== undefined) return known
  const keys = text.split(END)
  if (keys.pop() !== '' || keys.length > MAX_KEYS || keys.includes('__proto__')) throw new Error('invalid shape')
  if (received.size === MAX_KEPT) received.clear()
  received.set(text, keys)
  return keys
}
