// A client that fills the queue of its group, says so, and waits to be killed.
import { Pool, task } from 'manyhands'
import { nats } from 'manyhands/nats'

import { double } from '../tasks.js'

const [servers = '', count = ''] = process.argv.slice(2)
const queue = new Pool({ backend: nats({ servers, maxQueue: Number(count) }) }).queue()
for (let i = 0; i < Number(count); i++) await queue.push(task(double)(i))
process.send?.('full')
