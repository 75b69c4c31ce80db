import { comingFrom } from './support/coming-from.js'

comingFrom('dask', {
  names: `delayed compute persist visualize db.from_sequence db.from_delayed db.from_url db.read_text read_avro
    to_textfiles map starmap map_partitions filter remove flatten pluck fold reduction accumulate sum count max min mean
    foldby frequencies topk distinct groupby zip product concat take repartition npartitions Client LocalCluster
    client.submit client.map client.gather as_completed future.cancel future.exception client.scatter retries priority
    resources ProgressBar dask.config.set`,
  prints: ['50\n', '[ 4, 16, 36 ]\n10\n{ true: 20, false: 25 }', '-285'],
})
