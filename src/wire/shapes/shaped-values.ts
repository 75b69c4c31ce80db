/**
 * Values that are written by shape: plain objects and arrays, strings, numbers, and the like, none of which stands twice
 * in its value. The keys of objects are written once for each shape, and each kind of part has a list of its own.
 */
export type ShapedValues = readonly [
  /** The number of values. */
  count: number,
  /** The number of numbers in them. */
  numbers: number,
  /** The numbers, as doubles, then the tags, in the order in which the parts stand. */
  bytes: Uint8Array,
  /** Short strings, one after the other. */
  text: string,
  /** Longer strings, and bigints. */
  list: readonly unknown[],
  /** Shapes, as texts of their keys. */
  shapes: readonly string[],
]

// The tags of parts. Those from `TEXT` on are short strings: the length is added.
export const UNDEFINED = 0
export const NULL = 1
export const TRUE = 2
export const FALSE = 3
export const NUMBER = 4
/** The next of the list. */
export const LISTED = 5
/** The number of a shape, and a value for each key. */
export const OBJECT = 6
/** An object that has no shape: a byte without a meaning, the values, `END`, and a string for each key. */
export const TABLE = 7
export const END = 10
/** The length, as a number, and each item. */
export const ARRAY = 8
/** The same for numbers only, which have no tags. */
export const NUMBERS = 9
export const TEXT = 16

/** Longer strings are sent by themselves: a piece of a long text would keep all of it in memory. */
export const MAX_TEXT = 12

/** Values that are nested deeper are not written by shape. */
export const MAX_DEPTH = 64

/** Shapes in one message, at most. With more of them keys are data, and travel as such. Their numbers take a byte. */
export const MAX_SHAPES = 64
