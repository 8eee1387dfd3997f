import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { engineFields } from '../config/shared-fields.ts';

const doctorSchema = z.strictObject({ threads: engineFields.threads });
export type DoctorConfig = z.infer<typeof doctorSchema>;

export const doctorCommand = {
  name: 'doctor',
  summary: 'tries the backends that this machine has',
  schema: doctorSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
