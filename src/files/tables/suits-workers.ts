import type { ColumnFacts, Metadata, ParquetFile } from './parquet-file.ts'

/** Codecs that the package which reads Parquet has itself. */
const OWN_CODECS = ['UNCOMPRESSED', 'SNAPPY']

/** Types that are known to be read, or not, by all versions of the package. All others are tried here first. */
const CONVERTED =
  /^(UTF8|JSON|ENUM|DECIMAL|DATE|TIME_(MILLIS|MICROS)|TIMESTAMP_(MILLIS|MICROS)|U?INT_(8|16|32|64)|LIST|MAP|MAP_KEY_VALUE)$/
const LOGICAL = /^(STRING|JSON|ENUM|DECIMAL|DATE|TIME|TIMESTAMP|INTEGER|LIST|MAP|UUID|FLOAT16)$/

/**
 * True if workers can read a file with the same outcome. Files with other types and codecs are read here: then the run ends
 * with one error, instead of a failure for each row. So are those that may hold integers which are rounded, unless their
 * statistics tell.
 */
export function suitsWorkers({ metadata, compressors }: ParquetFile, exact: boolean): boolean {
  const areKnown = metadata.schema.every(
    ({ converted_type: converted, logical_type: logical }) =>
      (converted === undefined || CONVERTED.test(converted)) && (logical === undefined || LOGICAL.test(logical.type)),
  )
  return (
    areKnown &&
    metadata.row_groups.every(({ columns }) =>
      columns.every(({ meta_data: facts }) => {
        if (facts === undefined || !(OWN_CODECS.includes(facts.codec) || facts.codec in compressors)) return false
        if (exact || facts.type !== 'INT64' || facts.statistics?.null_count === facts.num_values) return true
        return extremesOf(facts).every((value) => value !== undefined)
      }),
    )
  )
}

/** Finds an integer in the statistics of a file that a number does not hold. */
export function longInteger({ row_groups: groups }: Metadata): bigint | undefined {
  for (const { columns } of groups)
    for (const { meta_data: facts } of columns)
      for (const value of facts === undefined ? [] : extremesOf(facts))
        if (typeof value === 'bigint' && BigInt(Number(value)) !== value) return value
  return undefined
}

function extremesOf({ statistics }: ColumnFacts): readonly unknown[] {
  return [statistics?.min_value ?? statistics?.min, statistics?.max_value ?? statistics?.max]
}
