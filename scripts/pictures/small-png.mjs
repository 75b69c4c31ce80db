// Makes pictures small: 256 colours are enough for pages, and take a third of the bytes.
import { deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const COLORS = 256

/** Returns a PNG of a browser (8 bits, RGB or RGBA, not interlaced) with at most 256 colours. */
export function smallPng(png) {
  const { width, height, pixels } = decode(png)
  const palette = paletteOf(pixels)
  const nearest = new Map(palette.map((color, i) => [color, i]))
  const rows = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const color = pixels[y * width + x]
      if (!nearest.has(color)) nearest.set(color, nearestOf(color, palette))
      rows[y * (width + 1) + 1 + x] = nearest.get(color)
    }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const colors = Buffer.from(palette.flatMap(partsOf))
  const data = deflateSync(rows, { level: 9, memLevel: 9 })
  const chunks = [
    ['IHDR', head],
    ['PLTE', colors],
    ['IDAT', data],
    ['IEND', Buffer.alloc(0)],
  ]
  return Buffer.concat([SIGNATURE, ...chunks.map(([name, bytes]) => chunkOf(name, bytes))])
}

/** The most frequent colours, but none that looks like one before it. */
function paletteOf(pixels) {
  const counts = new Map()
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1)
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color)
  const chosen = sorted.slice(0, COLORS / 4)
  for (const color of sorted.slice(COLORS / 4)) {
    if (chosen.length === COLORS) break
    if (chosen.every((one) => distance(one, color) > 200)) chosen.push(color)
  }
  return chosen
}

function nearestOf(color, palette) {
  let best = 0
  for (const [i, one] of palette.entries()) if (distance(one, color) < distance(palette[best], color)) best = i
  return best
}

function distance(a, b) {
  const [[r, g, blue], [r2, g2, blue2]] = [partsOf(a), partsOf(b)]
  return (r - r2) ** 2 + (g - g2) ** 2 + (blue - blue2) ** 2
}

function partsOf(color) {
  return [color >> 16, (color >> 8) & 255, color & 255]
}

/** Reads the pixels of a PNG, a number each. */
function decode(png) {
  const [width, height, depth, type] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]
  if (depth !== 8 || (type !== 2 && type !== 6))
    throw new Error(`expected RGB with 8 bits, got type ${type}, ${depth} bits`)
  const data = []
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + size))
    at += size + 12
  }
  const each = type === 2 ? 3 : 4
  const raw = inflateSync(Buffer.concat(data))
  const stride = width * each
  const pixels = new Int32Array(width * height)
  let above = new Uint8Array(stride)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    const row = new Uint8Array(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)))
    for (let i = 0; i < stride; i++) {
      const [left, corner] = i < each ? [0, 0] : [row[i - each], above[i - each]]
      row[i] += [0, left, above[i], (left + above[i]) >> 1, paeth(left, above[i], corner)][filter]
    }
    for (let x = 0; x < width; x++)
      pixels[y * width + x] = (row[x * each] << 16) | (row[x * each + 1] << 8) | row[x * each + 2]
    above = row
  }
  return { width, height, pixels }
}

function paeth(left, up, corner) {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

function chunkOf(name, bytes) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), bytes])
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(bytes.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, sum])
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
