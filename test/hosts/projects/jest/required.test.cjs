jest.mock('./factor.cjs', () => ({ factor: () => 100 }))

const shapes = require('./required.cjs')

test('a CommonJS test', async () => {
  const { map } = await import('../helper/library.mjs')
  const { triple } = shapes
  expect(await map([1, 2], (x) => new Uint8Array(x))).toStrictEqual([new Uint8Array(1), new Uint8Array(2)])
  expect(triple(1)).toBe(300)
  expect(await map([1], triple)).toEqual([300])
  expect(await map([1], (x) => shapes.triple(x) + triple(x))).toEqual([600])
}, 60_000)
