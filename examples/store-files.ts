// Bulk inserts: each call is one transaction with up to 500 rows. A row that the database refuses fails alone.
//
//   manyhands run examples/store-files.ts#insert @files.jsonl --jobs 2
import { writeFileSync } from 'node:fs'

import { batched, currentTask, stateful } from 'manyhands'
import initSqlJs, { type Database } from 'sql.js'

export interface FileFacts {
  readonly path: string
  readonly bytes: number
}

/** A database for each worker, which is written to `files-<slot>.sqlite` when its pool is closed. */
export class Store {
  #database: Database | undefined
  #slot = 0

  async init(): Promise<void> {
    const { Database: SqlDatabase } = await initSqlJs()
    this.#database = new SqlDatabase()
    this.#database.run('CREATE TABLE files (path TEXT PRIMARY KEY, bytes INTEGER NOT NULL CHECK (bytes >= 0))')
  }

  /** Returns the number of rows that were inserted together, for each of them. */
  call(rows: FileFacts[]): number[] {
    const database = this.#database as Database
    this.#slot = currentTask().worker.slot
    database.run('BEGIN')
    try {
      // A call may run again: what is there stays.
      const insert = database.prepare('INSERT INTO files VALUES (?, ?) ON CONFLICT (path) DO NOTHING')
      try {
        for (const { path, bytes } of rows) insert.run([path, bytes])
      } finally {
        insert.free()
      }
      database.run('COMMIT')
    } catch (error) {
      // All or nothing: the rows that are not at fault are inserted by a call without it.
      database.run('ROLLBACK')
      throw error
    }
    return rows.map(() => rows.length)
  }

  close(): void {
    const database = this.#database as Database
    writeFileSync(`files-${this.#slot}.sqlite`, database.export())
    database.close()
  }
}

export const insert: (row: FileFacts) => Promise<number> = batched(stateful(Store), { size: 500 })
