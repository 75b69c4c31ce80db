import { FACTOR, factor } from './factor.ts'

export function scaled(x: number): number[] {
  return [x * factor(), x * FACTOR]
}
