/** node:v8 */
export const getHeapStatistics = () => ({ heap_size_limit: 2 ** 31, used_heap_size: 0 });
