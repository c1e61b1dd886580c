import { readPorts } from './lib/ports.mjs';
import { prepareProject, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	const [kind = 'model', ...others] = process.argv.slice(2);
	if (!['model', 'deployment'].includes(kind) || others.length > 0)
		throw new Error(
			`"${[kind, ...others].join(' ')}" is not an argument of this command. Without arguments, it runs examples/image-to-video.json; with "deployment", it runs examples/deployment.json.`,
		);
	// Any free port will do, unless one is asked for.
	const isAskedFor = process.env.SIMULATOR_PORT?.trim() && !process.env.RUNCOMFY_API_TOKEN?.trim();
	const port = isAskedFor ? await readPorts({ SIMULATOR_PORT: 0 }, 'npm start') : {};
	await prepareProject();
	await runTypeScript('scripts/runExample.ts', [kind], port);
} catch (error) {
	fail(error);
}
