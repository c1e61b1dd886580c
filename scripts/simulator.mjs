import { ensureDependencies, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	await runTypeScript('test/simulator/main.ts', process.argv.slice(2));
} catch (error) {
	fail(error);
}
