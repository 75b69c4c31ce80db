export type { Compression } from './compression.ts'
export type { FileFormat } from './file-format.ts'
export { lines, type LinesOptions, rows, type RowsOptions, type RowsSource } from './rows.ts'
export { writeRows, type WriteRowsOptions, type WrittenRows } from './write/write-rows.ts'
