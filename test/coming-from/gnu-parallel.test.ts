import { comingFrom } from './support/coming-from.js'
import { sessions } from './support/session.js'

comingFrom('gnu-parallel', {
  names: `::: :::: -a :::+ --link --xapply {} {1} {.} --colsep --header --csv -0 --null -N -n -X -m --xargs -j --jobs -k
    --keep-order -u --ungroup --group --line-buffer --tag --joblog --resume --resume-failed --retry-failed --results
    --retries --timeout --delay --halt --memfree --noswap --load --nice --limit --memsuspend --termseq --bar --progress
    --eta --dry-run --verbose -t --shuf --pipe --pipepart --block --recstart --recend --round-robin --cat --fifo
    --sqlmaster --sqlworker -S --sshlogin --slf --transferfile --return --cleanup --workdir --onall --env env_parallel
    parset sem --semaphore --tmux --fg --citation`,
  prints: ["[ 'A 1', 'A 2', 'B 1', 'B 2' ]"],
})

sessions('gnu-parallel')
