import { apply } from '../../../../dist/workflow/index.js'

interface Item {
  readonly n: number
}

const first = apply(({ n }: Item) => {
  if (n === 1) throw new Error('one')
  return n
})
const second = apply((n: number): number => {
  throw new Error(`second ${n}`)
})
for (const node of [first([{ n: 1 }]), second([7])])
  await node.run({ backend: 'serial' }).then(undefined, (error: Error) => console.log(error.message))
