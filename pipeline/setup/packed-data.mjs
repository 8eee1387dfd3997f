/** Whether the package carries a path of data/: the embedded model does; checkpoints and SAEs of models that it has not stay in the repository. */
export const isPackedData = (path) => !/[\\/](checkpoints|smollm2)$/.test(path);
