import * as platformPath from 'node:path'
import { fileURLToPath } from 'node:url'

/** The line of a stack that says most to whoever wrote the function: the first of their own code, if there is one. */
export function userFrame(
  stack: string | undefined,
  cwd: string = process.cwd(),
  path: platformPath.PlatformPath = platformPath,
): string | undefined {
  const frames = (stack ?? '').split('\n').flatMap((line) => /^\s+at (.*)$/.exec(line)?.[1] ?? [])
  const outside = frames.filter((frame) => !/\bnode:|\(<anonymous>\)/.test(frame))
  const frame = outside.find((one) => !/[\\/]node_modules[\\/]/.test(one)) ?? outside[0]
  return frame === undefined ? undefined : `at ${withShortPath(frame, cwd, path)}`
}

function withShortPath(frame: string, cwd: string, { relative, isAbsolute, sep }: platformPath.PlatformPath): string {
  return frame.replace(
    /(file:\/\/[^\s)]+?|[A-Za-z]:\\[^)]+?|(?<![A-Za-z]:)\/[^)]+?)(:\d+:\d+)/,
    (_, place: string, position: string) => {
      const file = place.startsWith('file:') ? fileURLToPath(place, { windows: sep === '\\' }) : place
      const short = relative(cwd, file)
      return (short.startsWith('..') || isAbsolute(short) ? file : short) + position
    },
  )
}
