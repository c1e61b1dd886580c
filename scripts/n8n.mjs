/** Opens a real n8n with the packed package, the examples and the simulator (or RunComfy itself, with a token). */
import { cacheFolder, ensureN8n } from './lib/n8nInstall.mjs';
import { prepareProject, requireNoArguments, runTypeScript } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	requireNoArguments('Ports are set by N8N_PORT and SIMULATOR_PORT.');
	await prepareProject();
	const n8n = await ensureN8n();
	await runTypeScript('scripts/openN8n.ts', [], {
		RUNCOMFY_N8N: JSON.stringify(n8n),
		RUNCOMFY_N8N_DATA: process.env.RUNCOMFY_N8N_DATA ?? `${cacheFolder()}/n8n-data`,
	});
} catch (error) {
	fail(error);
}
