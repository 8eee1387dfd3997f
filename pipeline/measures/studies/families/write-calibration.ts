import { join } from 'node:path';
import { createEngine } from '../../../engine/index.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { calibrateSeed, calibrationSeeds } from './calibration.ts';
import { calibrationFile } from './calibration-file.ts';

// Writes core/family-calibration.ts anew: `npm run calibrate`, then `npm run format`.
const engine = await createEngine({ backend: 'onnx-cpu' });
const counts = [];
for (const seed of calibrationSeeds) {
  for (const count of await calibrateSeed(seed, engine)) counts.push({ seed, ...count });
}
await writeFileAtomic(join(import.meta.dirname, '../../families/maths/family-calibration.ts'), calibrationFile(counts));
