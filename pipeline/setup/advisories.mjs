// Known weaknesses of what is installed, where the registry tells of them: not every mirror does.
import { npm } from './npm.mjs';

/** Asks the registry; 1 where it knows of a high or critical advisory for what a user runs. */
export function checkAdvisories() {
  const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=15000'];
  const { stdout } = npm(args, { encoding: 'utf8', timeout: 60_000, stdio: 'pipe' });
  const { lines, code } = judge(stdout ?? '');
  for (const line of lines) console.log(line);
  return code;
}

/** What npm's report comes to. */
export function judge(report) {
  const found = vulnerabilitiesIn(report);
  if (!found) return { lines: ['the registry tells of no advisories, or did not answer: not checked'], code: 0 };
  const grave = found.filter(({ severity }) => severity === 'high' || severity === 'critical');
  const lines = found.map(({ name, severity, range }) => `${severity}: ${name} ${range}`);
  return { lines: lines.length > 0 ? lines : ['no advisories'], code: grave.length > 0 ? 1 : 0 };
}

function vulnerabilitiesIn(report) {
  try {
    const { auditReportVersion, vulnerabilities } = JSON.parse(report);
    return auditReportVersion === undefined ? undefined : Object.values(vulnerabilities);
  } catch {
    return undefined;
  }
}
