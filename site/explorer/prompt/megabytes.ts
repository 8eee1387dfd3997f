/** 1.2 of 1,234,567 bytes. */
export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
