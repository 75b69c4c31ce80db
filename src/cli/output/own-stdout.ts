const own = process.stdout.write.bind(process.stdout)

/** Writes to stdout, whatever the rest of this process does with it. */
export const writeToStdout: typeof process.stdout.write = own

/**
 * Keeps stdout for results: what modules and tasks print there in this process goes to stderr. Returns a function that
 * gives stdout back.
 */
export function keepStdout(): () => void {
  process.stdout.write = process.stderr.write.bind(process.stderr)
  return () => {
    process.stdout.write = own
  }
}
