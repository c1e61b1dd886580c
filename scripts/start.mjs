import { prepareProject, requireNoArguments, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	requireNoArguments('It runs examples/image-to-video.json.');
	await prepareProject();
	await runTypeScript('scripts/runExample.ts');
} catch (error) {
	fail(error);
}
