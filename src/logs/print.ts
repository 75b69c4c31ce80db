/** Prints a piece of text to one of the two streams. */
export type Print = (stream: 'stdout' | 'stderr', text: string) => void

/** Prints to this process's own streams. */
export const printDirectly: Print = (stream, text) => {
  process[stream].write(text)
}
