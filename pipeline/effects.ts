export { recordingEffects, silentEffects } from './effects/recording.ts';
export { terminalEffects } from './effects/terminal.ts';
export type { Effects, Progress } from './effects/types.ts';
