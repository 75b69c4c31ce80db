import { apply, files, gather, join } from 'manyhands/workflow'

import { type Camera, flattened, type Image, readImage, statsOf, withoutBad, withoutDark } from './calibrate.ts'

// `node compare-photos.ts 'photos/*.jpg'`: how bright each photograph is beside all of them, and a picture of the graph.
const camera: Camera = { dark: 4, fallOff: 0.3, bad: [[10, 10]] }

const photos = files(process.argv[2] ?? 'photos/*.jpg')
const raw = apply((photo: { readonly path: string }) => readImage(photo.path), { name: 'raw' })(photos)
const dark = apply((image: Image) => withoutDark(image, camera.dark), { name: 'dark' })(raw)
const flat = apply((image: Image) => flattened(image, camera), { name: 'flat' })(dark)
const clean = apply((image: Image) => withoutBad(image, camera.bad), { name: 'masked' })(flat)
const light = apply((image: Image) => statsOf(image).mean, { name: 'mean' })(clean)
const ofAll = gather((all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length, {
  name: 'mean of all',
  missing: 'skip',
})(light)
const beside = join((one: number, all: number) => Math.round((100 * one) / all) / 100, { name: 'beside all' })(
  light,
  ofAll,
)

console.log(await beside.run({ workers: 2, onError: () => null }))
console.log(beside.toMermaid())
