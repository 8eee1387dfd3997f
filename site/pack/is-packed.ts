/** Whether this build packs its feature pages: a page an SAE draws them from compressed files. */
export const isPacked = (): boolean => process.env.ATLAS_PACK === 'yes';
