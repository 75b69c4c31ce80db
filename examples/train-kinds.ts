// Trains the network of `text-kinds.ts` with texts of a folder, writes it to kinds.onnx, and tries it with texts that it has not
// seen: 64 a call, and one a call.
//
//   node train-kinds.js node_modules
import { closeSync, openSync, readdirSync, readSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'

import { batched, stateful, withPool } from 'manyhands'

import { Classifier, countTrigrams, FEATURES, type Kind, KINDS } from './text-kinds.ts'

interface Sample {
  readonly text: string
  readonly kind: Kind
}

/** The texts of each kind, and the characters of a text. */
const EACH = 500
const LENGTH = 400
const HIDDEN = 128
const ROUNDS = 6
const RATE = 0.5

/** Numbers from 0 to 1, the same ones each time. */
function* randomNumbers(): Generator<number, never> {
  for (let state = 1; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

const numbers = randomNumbers()
const random = (): number => numbers.next().value

/** Reads a piece out of the middle of files, as many of each kind. */
function readSamples(folder: string): Sample[] {
  const samples: Sample[] = []
  const counts = new Map<Kind, number>()
  for (const name of shuffled(readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted())) {
    const kind = extname(name).slice(1) as Kind
    const count = counts.get(kind) ?? 0
    if (!KINDS.includes(kind) || count === EACH) continue
    const text = pieceOf(join(folder, name))
    if (text === undefined) continue
    counts.set(kind, count + 1)
    samples.push({ text, kind })
  }
  return samples
}

function pieceOf(path: string): string | undefined {
  const facts = statSync(path)
  if (!facts.isFile() || facts.size < 2 * LENGTH) return undefined
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(LENGTH)
    readSync(file, bytes, 0, LENGTH, facts.size >> 1)
    return bytes.toString('latin1')
  } finally {
    closeSync(file)
  }
}

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((one) => [random(), one] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, one]) => one)
}

/** The weights of the network, row by row: from features to hidden numbers, and from these to kinds. */
interface Weights {
  readonly hidden: Float32Array
  readonly output: Float32Array
}

/** Trains with one sample after the other: stochastic gradient descent. */
function train(samples: readonly Sample[]): Weights {
  const start = (length: number, inputs: number): Float32Array =>
    Float32Array.from({ length }, () => (random() - 0.5) * Math.sqrt(24 / inputs))
  const weights = { hidden: start(FEATURES * HIDDEN, FEATURES), output: start(HIDDEN * KINDS.length, HIDDEN) }
  for (let round = 0; round < ROUNDS; round++) for (const sample of shuffled(samples)) learn(weights, sample)
  return weights
}

function learn({ hidden, output }: Weights, { text, kind }: Sample): void {
  const features = new Float32Array(FEATURES)
  countTrigrams(text, features)
  const present = [...features.keys()].filter((at) => features[at] !== 0)
  const sums = new Float32Array(HIDDEN)
  for (const at of present)
    for (let h = 0; h < HIDDEN; h++) add(sums, h, at32(features, at) * at32(hidden, at * HIDDEN + h))
  const active = sums.map((sum) => Math.max(0, sum))
  const scores = KINDS.map((_, k) =>
    active.reduce((sum, value, h) => sum + value * at32(output, h * KINDS.length + k), 0),
  )
  const top = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - top))
  const total = powers.reduce((a, b) => a + b)
  const errors = powers.map((power, k) => power / total - (KINDS[k] === kind ? 1 : 0))
  const back = active.map((value, h) =>
    value === 0 ? 0 : errors.reduce((sum, error, k) => sum + error * at32(output, h * KINDS.length + k), 0),
  )
  for (let h = 0; h < HIDDEN; h++)
    for (const [k, error] of errors.entries()) add(output, h * KINDS.length + k, -RATE * error * at32(active, h))
  for (const at of present)
    for (let h = 0; h < HIDDEN; h++) add(hidden, at * HIDDEN + h, -RATE * at32(features, at) * at32(back, h))
}

const at32 = (array: Float32Array, at: number): number => array[at] as number

function add(array: Float32Array, at: number, value: number): void {
  array[at] = at32(array, at) + value
}

/** A field of a protocol buffer: a number, or bytes with their length before them. */
function field(number: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)])
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

function node(operator: string, inputs: readonly string[], output: string): Buffer {
  return field(1, Buffer.concat([...inputs.map((name) => field(1, name)), field(2, output), field(4, operator)]))
}

function matrix(name: string, rows: number, columns: number, values: Float32Array): Buffer {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return field(5, Buffer.concat([field(1, rows), field(1, columns), field(2, 1), field(8, name), field(9, bytes)]))
}

/** An input or output: any number of rows of 32-bit numbers. */
function valueInfo(place: number, name: string, columns: number): Buffer {
  const shape = Buffer.concat([field(1, field(2, 'texts')), field(1, field(1, columns))])
  return field(
    place,
    Buffer.concat([field(1, name), field(2, field(1, Buffer.concat([field(1, 1), field(2, shape)])))]),
  )
}

/** Writes the network in the format of ONNX: chances = softmax(relu(features × hidden) × output). */
function toOnnx({ hidden, output }: Weights): Buffer {
  const graph = Buffer.concat([
    node('MatMul', ['features', 'hidden'], 'sums'),
    node('Relu', ['sums'], 'active'),
    node('MatMul', ['active', 'output'], 'scores'),
    node('Softmax', ['scores'], 'chances'),
    field(2, 'kinds'),
    matrix('hidden', FEATURES, HIDDEN, hidden),
    matrix('output', HIDDEN, KINDS.length, output),
    valueInfo(11, 'features', FEATURES),
    valueInfo(12, 'chances', KINDS.length),
  ])
  return Buffer.concat([field(1, 8), field(7, graph), field(8, field(2, 17))])
}

const samples = readSamples(process.argv[2] ?? 'node_modules')
const unseen = samples.splice(0, samples.length >> 2)
writeFileSync('kinds.onnx', toOnnx(train(samples)))
console.log(`trained with ${samples.length} texts`)

for (const size of [64, 1]) {
  const guess = batched(stateful(Classifier, 'kinds.onnx'), { size })
  const texts = Array.from({ length: 8 }, () => unseen.map(({ text }) => text)).flat()
  await withPool({ workers: 2 }, async (pool) => {
    // Loads the network.
    await pool.map(texts.slice(0, 128), guess)
    const startedAt = performance.now()
    const guesses = await pool.map(texts, guess)
    const seconds = (performance.now() - startedAt) / 1000
    const right = guesses.filter(({ kind }, i) => kind === unseen[i % unseen.length]?.kind).length
    const share = ((100 * right) / texts.length).toFixed()
    console.log(`${size} a call: ${Math.round(texts.length / seconds)} texts a second, ${share} % right`)
  })
}
