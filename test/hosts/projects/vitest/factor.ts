export const FACTOR: number = 2

export function factor(): number {
  return FACTOR
}
