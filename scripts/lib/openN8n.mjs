/** What `npm run n8n` and `npm run dev` have in common: everything that can be refused is, before anything is installed. */
import { join } from 'node:path';
import { lockData } from './dataLock.mjs';
import { cacheFolder, ensureN8n } from './n8nInstall.mjs';
import { readPorts } from './ports.mjs';
import { prepareProject, requireNoArguments, runTypeScript } from './project.mjs';

/** The port of each variable where it is not set. The simulator is started only where there is no token. */
const N8N = { N8N_PORT: 5678 };
const SIMULATOR = { SIMULATOR_PORT: 4010 };

/**
 * @param {string} command for messages
 * @param {Record<string, string>} env further settings of scripts/openN8n.ts
 * @param {(packageFolder: string) => () => void} begin work beside n8n, with the folder of the installed package; its result ends it
 */
export async function openN8n(command, env = {}, begin = () => () => {}) {
	requireNoArguments('Set the ports with N8N_PORT and SIMULATOR_PORT.');
	const isSimulated = !process.env.RUNCOMFY_API_TOKEN?.trim();
	const ports = await readPorts({ ...N8N, ...(isSimulated ? SIMULATOR : {}) }, command);
	const data = process.env.RUNCOMFY_N8N_DATA || join(cacheFolder(), 'n8n-data');
	const lock = lockData(data);
	await prepareProject();
	const n8n = await ensureN8n();
	const end = begin(join(data, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-runcomfy'));
	await runTypeScript('scripts/openN8n.ts', [], {
		...ports,
		RUNCOMFY_N8N: JSON.stringify(n8n),
		RUNCOMFY_N8N_DATA: data,
		RUNCOMFY_N8N_LOCK: lock,
		...env,
	}).finally(end);
}
