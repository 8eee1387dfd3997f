import { fileURLToPath } from 'node:url';
import { createEngine } from '../../../engine/index.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { calibrateSeed, calibrationSeeds } from './calibration.ts';
import { calibrationFile } from './calibration-file.ts';

// Writes families/maths/family-calibration.ts anew: `npm run calibrate`, then `npm run format`.
const engine = await createEngine({ backend: 'onnx-cpu' });
const counts = [];
for (const seed of calibrationSeeds) {
  for (const count of await calibrateSeed(seed, engine)) counts.push({ seed, ...count });
}
const place = new URL('../../families/maths/family-calibration.ts', import.meta.url);
await writeFileAtomic(fileURLToPath(place), calibrationFile(counts));
