/** What `npm run n8n` opens, with the package built anew and loaded again by n8n at every change of a source. */
import { join } from 'node:path';
import { cacheFolder, ensureN8n } from './lib/n8nInstall.mjs';
import { prepareProject, requireNoArguments, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';
import { watchBuild } from './lib/watchBuild.mjs';

try {
	requireNoArguments('Ports are set by N8N_PORT and SIMULATOR_PORT.');
	await prepareProject();
	const n8n = await ensureN8n();
	const data = process.env.RUNCOMFY_N8N_DATA ?? `${cacheFolder()}/n8n-data`;
	const endWatch = watchBuild(join(data, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-runcomfy', 'dist'));
	await runTypeScript('scripts/openN8n.ts', [], {
		RUNCOMFY_N8N: JSON.stringify(n8n),
		RUNCOMFY_N8N_DATA: data,
		RUNCOMFY_DEV: 'true',
	}).finally(endWatch);
} catch (error) {
	fail(error);
}
