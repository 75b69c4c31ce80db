import { comingFrom } from './support/coming-from.js'

comingFrom('pacer', {
  names: `apply join summarize fullstream source output Source apply_local apply_debug Engine.set_number_of_processes
    start_computations get_all_in_order re_raise_exceptions do_not_reraise_exceptions DelayedException
    Source.set_input_items set_input_item files_from CacheBuilder LocalCacheBuilder LazyCacheBuilder CacheItem cache
    get_number_of_hits clear register_handler set_cache_key_preprocessor inject_result remove_injected_result
    AnnotatedItem remove_unused_entries remove_use_markers CacheLoadError CacheItemLoadError HashComputationException`,
  prints: ['[ 1, 2, 2, 4, 3, 6 ] 0 0\n[ 1, 2, 2, 4, 3, 6 ] 9 9\n'],
})
