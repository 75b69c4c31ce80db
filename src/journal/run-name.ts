import { randomInt } from 'node:crypto'

const ADJECTIVES =
  'able bold brisk calm clear cool deft eager early even fair fine firm fleet fond free fresh glad gold good grand green happy keen kind late light lively long lucky mild neat new nice noble plain proud quick quiet rapid ready rich round sharp shy smart snowy soft sound spry still sunny sure swift tidy true warm wise young'.split(
    ' ',
  )
const ANIMALS =
  'ant badger bat bear beaver bee bison boar buck crab crane crow deer dove duck eagle eel elk emu falcon finch fox frog gecko goat goose gull hare hawk heron horse ibis jay kiwi koala lark lemur lion llama lynx mink mole moose moth newt okapi orca otter owl panda pony puma quail raven robin seal shrew sloth snail stork swan tapir tern tiger toad trout vole wasp whale wolf wren yak zebra'.split(
    ' ',
  )

/** A name for a run that people can say: `calm-otter-41`. One of about half a million. */
export function runName(): string {
  const adjective = ADJECTIVES[randomInt(ADJECTIVES.length)] as string
  const animal = ANIMALS[randomInt(ANIMALS.length)] as string
  return `${adjective}-${animal}-${randomInt(10, 100)}`
}
