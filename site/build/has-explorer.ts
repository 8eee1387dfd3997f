/** Whether this build publishes the circuit explorer: without the model and its SAEs there is nothing to run. */
export const hasExplorer = (): boolean => process.env.ATLAS_EXPLORER === 'yes';
