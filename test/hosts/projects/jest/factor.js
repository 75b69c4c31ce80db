export const FACTOR = 2

export function factor() {
  return FACTOR
}
