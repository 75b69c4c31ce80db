/** Shows what a function gives here and in workers, before and after its first call here. */
exports.main = async (use) => {
  const { map, show } = await import('../helper/map.mjs')
  await show('before', () => map([3], use))
  await show('here', async () => [await use(3)])
  await show('after', () => map([3], use))
}
