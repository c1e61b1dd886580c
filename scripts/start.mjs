import { prepareProject, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	const [kind = 'model', ...others] = process.argv.slice(2);
	if (!['model', 'deployment'].includes(kind) || others.length > 0)
		throw new Error(
			`"${[kind, ...others].join(' ')}" is not an argument of this command. Without arguments, it runs examples/image-to-video.json; with "deployment", it runs examples/deployment.json.`,
		);
	await prepareProject();
	await runTypeScript('scripts/runExample.ts', [kind]);
} catch (error) {
	fail(error);
}
