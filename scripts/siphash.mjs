// The WebAssembly module that makes the keys of rows (src/rows/keys/row-keys.ts): SipHash-1-3 with 128 bits of result.
// `node scripts/siphash.mjs` writes src/rows/keys/siphash-module.ts from the text below; a test holds them to each other.
import { writeFileSync } from 'node:fs'

import { assemble } from './wasm/assemble.mjs'

const PAGES = 24

/** One round over the state in `$v0` to `$v3`. */
const ROUND = `
      (local.set $v0 (i64.add (local.get $v0) (local.get $v1)))
      (local.set $v2 (i64.add (local.get $v2) (local.get $v3)))
      (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 13)) (local.get $v0)))
      (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 16)) (local.get $v2)))
      (local.set $v0 (i64.add (i64.rotl (local.get $v0) (i64.const 32)) (local.get $v3)))
      (local.set $v2 (i64.add (local.get $v2) (local.get $v1)))
      (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 17)) (local.get $v2)))
      (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 21)) (local.get $v0)))
      (local.set $v2 (i64.rotl (local.get $v2) (i64.const 32)))`

/** Takes the eight bytes in `$m` into the state. */
const WORD = `
      (local.set $v3 (i64.xor (local.get $v3) (local.get $m)))${ROUND}
      (local.set $v0 (i64.xor (local.get $v0) (local.get $m)))`

/** Takes all whole words between `$at` and `$end` into the state. */
const WORDS = `
    (block $tail
      (loop $word
        (br_if $tail (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
        (local.set $m (i64.load align=1 (local.get $at)))${WORD}
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $word)))`

const STATE = '(local $v0 i64) (local $v1 i64) (local $v2 i64) (local $v3 i64) (local $m i64)'
const RESULT = '(i64.xor (i64.xor (local.get $v0) (local.get $v1)) (i64.xor (local.get $v2) (local.get $v3)))'

export const TEXT = `(module
  (memory (export "memory") ${PAGES})

  ;; The keys of rows, 16 bytes each, at $out. $bounds: two numbers for each row, its start and its end from $data on.
  (func (export "rows") (param $data i32) (param $bounds i32) (param $count i32) (param $out i32) (param $k0 i64) (param $k1 i64)
    ${STATE} (local $at i32) (local $end i32) (local $shift i64)
    (block $done (loop $row
    (br_if $done (i32.eqz (local.get $count)))
    (local.set $at (i32.add (local.get $data) (i32.load (local.get $bounds))))
    (local.set $end (i32.add (local.get $data) (i32.load offset=4 (local.get $bounds))))
    (local.set $v0 (i64.xor (local.get $k0) (i64.const 0x736f6d6570736575)))
    (local.set $v1 (i64.xor (local.get $k1) (i64.const 0x646f72616e646f83)))
    (local.set $v2 (i64.xor (local.get $k0) (i64.const 0x6c7967656e657261)))
    (local.set $v3 (i64.xor (local.get $k1) (i64.const 0x7465646279746573)))
    ;; The last word: what is left of the row, and the lowest byte of its length.
    (local.set $shift (i64.shl (i64.extend_i32_u (i32.sub (local.get $end) (local.get $at))) (i64.const 56)))
    ${WORDS}
    (local.set $m (local.get $shift))
    (local.set $shift (i64.const 0))
    (block $last
      (loop $byte
        (br_if $last (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $m (i64.or (local.get $m) (i64.shl (i64.load8_u (local.get $at)) (local.get $shift))))
        (local.set $shift (i64.add (local.get $shift) (i64.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    ${WORD}
    (local.set $v2 (i64.xor (local.get $v2) (i64.const 0xee)))
    ${ROUND}${ROUND}${ROUND}
    (i64.store align=1 (local.get $out) ${RESULT})
    (local.set $v1 (i64.xor (local.get $v1) (i64.const 0xdd)))
    ${ROUND}${ROUND}${ROUND}
    (i64.store offset=8 align=1 (local.get $out) ${RESULT})
    (local.set $out (i32.add (local.get $out) (i32.const 16)))
    (local.set $bounds (i32.add (local.get $bounds) (i32.const 8)))
    (local.set $count (i32.sub (local.get $count) (i32.const 1)))
    (br $row))))

  ;; Takes whole words into the state of 32 bytes at $state: for rows that do not fit into the memory.
  (func (export "words") (param $at i32) (param $end i32) (param $state i32)
    ${STATE}
    (local.set $v0 (i64.load align=1 (local.get $state)))
    (local.set $v1 (i64.load offset=8 align=1 (local.get $state)))
    (local.set $v2 (i64.load offset=16 align=1 (local.get $state)))
    (local.set $v3 (i64.load offset=24 align=1 (local.get $state)))
    ${WORDS}
    (i64.store align=1 (local.get $state) (local.get $v0))
    (i64.store offset=8 align=1 (local.get $state) (local.get $v1))
    (i64.store offset=16 align=1 (local.get $state) (local.get $v2))
    (i64.store offset=24 align=1 (local.get $state) (local.get $v3))))
`

/** Returns the text of src/rows/keys/siphash-module.ts. */
export function moduleFile() {
  const base64 = Buffer.from(assemble(TEXT)).toString('base64')
  const pieces = base64.match(/.{1,110}/g)
  return `// Written by scripts/siphash.mjs.

/** The memory of the module, in bytes. */
export const MEMORY_BYTES: number = ${PAGES} * 65_536

/** A WebAssembly module, in base64: SipHash-1-3 with 128 bits of result. */
export const SIPHASH_MODULE: string =
${pieces.map((piece) => `  '${piece}'`).join(' +\n')}
`
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(new URL('../src/rows/keys/siphash-module.ts', import.meta.url), moduleFile())
