// A small assembler: makes a WebAssembly module of its text. It knows the instructions that siphash.mjs uses, written as
// expressions, with names for functions' locals and labels; any other assembler takes the same text.

const I32 = 0x7f
const I64 = 0x7e
const TYPES = { i32: I32, i64: I64 }
const EMPTY_BLOCK = 0x40

/** Instructions without immediates, by their opcodes. */
const PLAIN = {
  'i32.eqz': 0x45,
  'i32.gt_u': 0x4b,
  'i32.ge_u': 0x4f,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i64.add': 0x7c,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.rotl': 0x89,
  'i64.extend_i32_u': 0xad,
}
/** Loads and stores: the opcode, and the alignment that the text may lower, as a power of two. */
const MEMORY = { 'i32.load': [0x28, 2], 'i64.load': [0x29, 3], 'i64.load8_u': [0x31, 0], 'i64.store': [0x37, 3] }
const LOCAL = { 'local.get': 0x20, 'local.set': 0x21 }
const CONST = { 'i32.const': 0x41, 'i64.const': 0x42 }
const BLOCKS = { block: 0x02, loop: 0x03 }
const BRANCHES = { br: 0x0c, br_if: 0x0d }
const END = 0x0b

/** Returns the bytes of a module: of one memory, and functions without results, all of them exported. */
export function assemble(text) {
  const [kind, ...fields] = read(text)
  if (kind !== 'module') throw new Error(`expected (module …), got (${kind} …)`)
  const memory = fields.find(([field]) => field === 'memory')
  const funcs = fields.filter(([field]) => field === 'func').map(readFunc)
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      funcs.map(({ params }) => [0x60, ...list(params.map(({ type }) => [type])), 0]),
    ),
    ...section(
      3,
      funcs.map((_, index) => unsigned(index)),
    ),
    ...section(5, [[0x00, ...unsigned(Number(memory[2]))]]),
    ...section(7, [
      [...name(nameOf(memory[1])), 0x02, 0x00],
      ...funcs.map((func, index) => [...name(func.name), 0x00, ...unsigned(index)]),
    ]),
    ...section(
      10,
      funcs.map(({ code }) => [...unsigned(code.length), ...code]),
    ),
  ])
}

/** Reads one expression: a list of words, texts and lists. */
function read(text) {
  const stack = [[]]
  for (const [token] of text.replaceAll(/;;.*/g, '').matchAll(/[()]|"[^"]*"|[^\s()"]+/g)) {
    if (token === '(') stack.push([])
    else if (token === ')') {
      const closed = stack.pop()
      stack.at(-1).push(closed)
    } else stack.at(-1).push(token)
  }
  if (stack.length !== 1 || stack[0].length !== 1) throw new Error('the brackets do not match')
  return stack[0][0]
}

function readFunc([, exported, ...parts]) {
  const declared = (kind) =>
    parts.filter(([field]) => field === kind).map(([, local, type]) => ({ local, type: TYPES[type] }))
  const params = declared('param')
  const locals = declared('local')
  const names = [...params, ...locals].map(({ local }) => local)
  const body = parts.filter(([field]) => field !== 'param' && field !== 'local')
  const code = [
    ...list(locals.map(({ type }) => [1, type])),
    ...body.flatMap((expression) => instruction(expression, names, [])),
    END,
  ]
  return { name: nameOf(exported), params, code }
}

/** Returns the bytes of an instruction, behind those of its operands. `labels`: those of the blocks around it. */
function instruction([op, ...rest], names, labels) {
  const operands = (from) => from.flatMap((operand) => instruction(operand, names, labels))
  if (op in PLAIN) return [...operands(rest), PLAIN[op]]
  if (op in CONST) return [CONST[op], ...signed(BigInt(rest[0]), op === 'i32.const' ? 32 : 64)]
  if (op in LOCAL) return [...operands(rest.slice(1)), LOCAL[op], ...unsigned(indexOf(names, rest[0]))]
  if (op in MEMORY) {
    const [opcode, natural] = MEMORY[op]
    const immediate = (field) => rest.find((part) => typeof part === 'string' && part.startsWith(`${field}=`))
    const align = immediate('align') === undefined ? natural : Math.log2(Number(immediate('align').slice(6)))
    const offset = Number(immediate('offset')?.slice(7) ?? 0)
    return [...operands(rest.filter(Array.isArray)), opcode, ...unsigned(align), ...unsigned(offset)]
  }
  if (op in BLOCKS) {
    const [label, ...body] = rest
    const inner = body.flatMap((each) => instruction(each, names, [label, ...labels]))
    return [BLOCKS[op], EMPTY_BLOCK, ...inner, END]
  }
  if (op in BRANCHES) return [...operands(rest.slice(1)), BRANCHES[op], ...unsigned(indexOf(labels, rest[0]))]
  throw new Error(`unknown instruction ${op}`)
}

function indexOf(names, wanted) {
  const index = names.indexOf(wanted)
  if (index < 0) throw new Error(`unknown name ${wanted}`)
  return index
}

/** Reads `(export "…")`. */
function nameOf([, text]) {
  return text.slice(1, -1)
}

function section(id, entries) {
  const body = list(entries)
  return [id, ...unsigned(body.length), ...body]
}

function list(entries) {
  return [...unsigned(entries.length), ...entries.flat()]
}

function name(text) {
  const bytes = [...new TextEncoder().encode(text)]
  return [...unsigned(bytes.length), ...bytes]
}

/** LEB128: seven bits a byte, the lowest first. */
function unsigned(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value, bits) {
  const rest = BigInt.asIntN(bits, value)
  const byte = Number(rest & 0x7fn)
  const next = rest >> 7n
  const isLast = next === (byte & 0x40 ? -1n : 0n)
  return isLast ? [byte] : [byte | 0x80, ...signed(next, bits)]
}
