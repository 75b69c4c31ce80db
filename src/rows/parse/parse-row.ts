/**
 * Parses the row between two offsets in the bytes that its parser was made for.
 *
 * @throws {UnreadableRow} if the row cannot be read.
 */
export type ParseRow = (start: number, end: number) => unknown
