import { prepareProject, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await prepareProject();
	await runTypeScript('scripts/makeExamples.ts');
} catch (error) {
	fail(error);
}
