import { significant } from '../../page-kit/format.ts';

/** Effective roles, as a range where features of unknown role leave one. */
export function rolesText({
  roles_low,
  roles_high,
}: {
  readonly roles_low: number;
  readonly roles_high: number;
}): string {
  const [low, high] = [significant(roles_low), significant(roles_high)];
  return low === high ? low : `${low} to ${high}`;
}
