/** Stands for what the simulated workers do. */
export async function pause(value: number): Promise<number> {
  return value
}
