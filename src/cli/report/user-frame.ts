import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The line of a stack that says most to whoever wrote the function: the first of their own code, if there is one. */
export function userFrame(stack: string | undefined, cwd: string = process.cwd()): string | undefined {
  const frames = (stack ?? '').split('\n').flatMap((line) => /^\s+at (.*)$/.exec(line)?.[1] ?? [])
  const outside = frames.filter((frame) => !/\bnode:|<anonymous>/.test(frame))
  const frame = outside.find((one) => !/[\\/]node_modules[\\/]/.test(one)) ?? outside[0]
  return frame === undefined ? undefined : `at ${withShortPath(frame, cwd)}`
}

function withShortPath(frame: string, cwd: string): string {
  return frame.replace(
    /(file:\/\/[^\s)]+?|\/[^)]+?|[A-Za-z]:\\[^)]+?)(:\d+:\d+)/,
    (_, place: string, position: string) => {
      const path = place.startsWith('file:') ? fileURLToPath(place) : place
      const short = relative(cwd, path)
      return (short.startsWith('..') || isAbsolute(short) ? path : short) + position
    },
  )
}
