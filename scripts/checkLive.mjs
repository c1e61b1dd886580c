/** Tries the facts of docs/facts.md against RunComfy: free calls, and paid ones where the arguments say so. */
import { ensureDependencies, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	await runTypeScript('scripts/live/main.ts', process.argv.slice(2));
} catch (error) {
	fail(error);
}
