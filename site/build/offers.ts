/** Whether this build writes what a feature's or a head's page shows as JSON beside it. */
export const hasJson = (): boolean => process.env.ATLAS_JSON === 'yes';

/** Whether the run's tables are offered with the site, in data/. */
export const hasTables = (): boolean => process.env.ATLAS_DATA === 'yes';
