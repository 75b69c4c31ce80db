import { existsSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { task } from 'manyhands'

export default function shout(text) {
  return `${text}!`
}

export class Adder {
  #sum

  async init() {
    this.#sum = 100
  }

  call(text) {
    return this.#sum + Number(text)
  }
}

export const whatItGets = (...args) => args
export const limit = 10

export function odd(text) {
  if (Number(text) % 2 === 0) throw new RangeError(`${text} is even`)
  return Number(text)
}

export function pid() {
  return process.pid
}

export function says(text) {
  console.log(`said ${text}`)
  return text
}

/** The larger the number the sooner it ends. */
export async function slowestFirst(text) {
  await sleep(150 * (3 - Number(text)))
  return text
}

export function spin() {
  for (;;);
}

export function exits(text) {
  if (text === 'bad') process.exit(7)
  return text
}

let calls = 0
export function secondTime(text) {
  if (++calls % 2 === 1) throw new Error('not yet')
  return text
}

export async function nap(text) {
  await sleep(40)
  return text
}

/** Says that it has begun, and ends when the file is there. */
export async function untilThere(file) {
  console.log(`begun ${file}`)
  while (!existsSync(file)) await sleep(5)
  return file
}

export async function forever(text) {
  console.log(`begun ${text}`)
  await new Promise((resolve) => setTimeout(resolve, 1_000_000))
}

export function escapes() {
  throw new Error('\u001B[2Jgone')
}

export async function blink(text) {
  await sleep(1)
  return text
}

/** What a row's fields are, and whether the names have done harm. */
export function fields(row) {
  const isPlain = Object.getPrototypeOf(row) === Object.prototype
  return { keys: Object.keys(row), isPlain, polluted: 'a' in {} || 'a' in Object }
}

/** Removes the file that is named after `rm:`. */
export function removes(text) {
  if (text.startsWith('rm:')) rmSync(text.slice(3))
  return text
}

export const factorize = task(function factorize(text) {
  return ['factors of', text]
})
